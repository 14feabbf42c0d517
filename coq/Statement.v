(** What is proved: statements about ReLU networks with rational weights, as functions on real d-space.

    This file contains every definition that a theorem of this folder is about. Whoever believes these definitions and
    the kernel of Coq believes the theorems; nothing else has to be read. *)
From Coq Require Import QArith Qreals Reals List.
Import ListNotations.
Open Scope R_scope.

(** A vector has the entries z 1, z 2, …; in d-space those beyond the d-th are never looked at. Rational vectors and
    matrices are lists (of lists, row by row), and what is missing in a list is 0. *)
Definition vector := positive -> R.

Definition entry {T} (zero : T) (l : list T) (k : positive) : T := nth (Nat.pred (Pos.to_nat k)) l zero.

Fixpoint dot_from (k : positive) (row : list Q) (z : vector) : R :=
  match row with [] => 0 | q :: rest => Q2R q * z k + dot_from (Pos.succ k) rest z end.

Definition dot (row : list Q) (z : vector) : R := dot_from 1 row z.

(** * Networks: the inputs are the nodes 1, …, d; the nodes of the list follow, from d + 1 on.

    A node may refer to earlier ones only. (One that does not would read an entry of z beyond the d-th; the checker
    refuses such networks.) *)
Inductive op :=
  | Affine (terms : list (positive * Q)) (bias : Q)        (** the sum of weight · node, plus bias *)
  | Relu (of : positive).                                  (** max(0, node) *)

Fixpoint weighted (v : vector) (terms : list (positive * Q)) : R :=
  match terms with [] => 0 | (k, q) :: rest => Q2R q * v k + weighted v rest end.

Definition op_value (v : vector) (o : op) : R :=
  match o with Affine terms bias => weighted v terms + Q2R bias | Relu k => Rmax 0 (v k) end.

Definition set (v : vector) (k : positive) (r : R) : vector := fun j => if Pos.eqb j k then r else v j.

Fixpoint run (k : positive) (nodes : list op) (v : vector) : vector :=
  match nodes with [] => v | o :: rest => run (Pos.succ k) rest (set v k (op_value v o)) end.

Record network := { nodes : list op; output : positive }.

Definition net_value (d : nat) (net : network) (z : vector) : R :=
  run (Pos.of_nat (S d)) (nodes net) z (output net).

(** * Refinement: (V f)(z) = Σ_k C_k f(A z − k), with values in r-space and r × r matrices C_k.

    A mask lists the pairs (k, C_k). For the masks of V_1, …, V_n the iterate is V_1 (V_2 (… (V_n g))); that of the
    list of n equal masks is V^n g. In the paper d = 2, A is twice the identity, and r = 1. *)
Definition mask := list (list Q * list (list Q)).

Definition moved (A : list (list Q)) (k : list Q) (z : vector) : vector :=
  fun a => dot (entry [] A a) z - Q2R (entry 0%Q k a).

Fixpoint refine (A : list (list Q)) (m : mask) (f : vector -> vector) (z : vector) (i : positive) : R :=
  match m with
  | [] => 0
  | (k, C) :: rest => dot (entry [] C i) (f (moved A k z)) + refine A rest f z i
  end.

Fixpoint iterate (A : list (list Q)) (masks : list mask) (g : vector -> vector) : vector -> vector :=
  match masks with [] => g | m :: rest => refine A m (iterate A rest g) end.

(** * Seeds: g has given values at the corners of simplices, is affine on each of them, and 0 outside of all. *)
Record corner := { place : list Q; values : list Q }.
Definition simplex := list corner.

Fixpoint mix (weights : list R) (t : simplex) (of : corner -> list Q) (i : positive) : R :=
  match weights, t with
  | l :: weights', c :: t' => l * Q2R (entry 0%Q (of c) i) + mix weights' t' of i
  | _, _ => 0
  end.

(** [weights] are barycentric coordinates of z in the closed simplex t. *)
Definition inside (d : nat) (t : simplex) (z : vector) (weights : list R) : Prop :=
  length weights = length t /\ Forall (Rle 0) weights /\ fold_right Rplus 0 weights = 1 /\
  forall a, (Pos.to_nat a <= d)%nat -> z a = mix weights t place a.

Definition represents (d : nat) (seed : list simplex) (g : vector -> vector) : Prop :=
  (forall t z weights, In t seed -> inside d t z weights -> forall i, g z i = mix weights t values i) /\
  (forall z, (forall t weights, In t seed -> ~ inside d t z weights) -> forall i, g z i = 0).

(** * What is claimed, on a domain: the z with a · z + c >= 0 for all (a, c) of a list; the empty list is all of d-space. *)
Record problem := {
  dimension : nat; matrix : list (list Q); masks : list mask; seed : list simplex; component : positive }.

Definition domain := list (list Q * Q).
Definition within (D : domain) (z : vector) : Prop := Forall (fun '(a, c) => 0 <= dot a z + Q2R c) D.

(** The seed is a function, and the network is the iterate on the whole domain. *)
Definition realizes (p : problem) (net : network) (D : domain) : Prop :=
  (exists g, represents (dimension p) (seed p) g) /\
  forall g, represents (dimension p) (seed p) g -> forall z, within D z ->
    net_value (dimension p) net z = iterate (matrix p) (masks p) g z (component p).

(** The seed is a function, and the network is not the iterate: they differ at a point with these coordinates. *)
Definition differs (p : problem) (net : network) (point : list Q) : Prop :=
  (exists g, represents (dimension p) (seed p) g) /\
  forall g z, represents (dimension p) (seed p) g -> (forall a, z a = Q2R (entry 0%Q point a)) ->
    net_value (dimension p) net z <> iterate (matrix p) (masks p) g z (component p).

(** Two networks are nowhere on the domain further apart than epsilon; for epsilon = 0 they are equal there. *)
Definition near (d : nat) (first second : network) (D : domain) (epsilon : Q) : Prop :=
  forall z, within D z -> Rabs (net_value d first z - net_value d second z) <= Q2R epsilon.

(** The network is at most c on the domain. *)
Definition at_most (d : nat) (net : network) (D : domain) (c : Q) : Prop :=
  forall z, within D z -> net_value d net z <= Q2R c.

(** The network is at least c on the domain; at a point with these coordinates it has the value c. *)
Definition at_least (d : nat) (net : network) (D : domain) (c : Q) : Prop :=
  forall z, within D z -> Q2R c <= net_value d net z.
Definition takes (d : nat) (net : network) (point : list Q) (c : Q) : Prop :=
  forall z, (forall a, z a = Q2R (entry 0%Q point a)) -> net_value d net z = Q2R c.

(** The point with the coordinates u_k, u_(k+1), … with respect to P and the points Q of a list: P + Σ u (Q − P). *)
Fixpoint along (k : positive) (P : list Q) (others : list (list Q)) (u : vector) (a : positive) : R :=
  match others with
  | [] => Q2R (entry 0%Q P a)
  | P' :: rest => u k * (Q2R (entry 0%Q P' a) - Q2R (entry 0%Q P a)) + along (Pos.succ k) P rest u a
  end.
