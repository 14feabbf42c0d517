(** From statements to what the kernel is asked: programs, cells, and the frames to begin with.

    Each [start_…] returns a [question], or [None] for a statement that does not qualify; the theorems of Main.v say that
    the statement is true if some proof answers the question. *)
From Coq Require Import QArith List FMapPositive Bool.
From ExactRelu Require Import Statement Kernel.
Import ListNotations.
Open Scope Q_scope.

(** * Exact rows and matrices. *)
Fixpoint plus_row (q : Q) (a b : list Q) : list Q :=                    (* q a + b *)
  match a, b with
  | [], _ => b
  | _, [] => map (qmul q) a
  | x :: a', y :: b' => qadd (qmul q x) y :: plus_row q a' b'
  end.

Fixpoint times (row : list Q) (C : list (list Q)) : list Q :=           (* the row times the matrix *)
  match row, C with q :: row', c :: C' => plus_row q c (times row' C') | _, _ => [] end.

Fixpoint qdot (a b : list Q) : Q := match a, b with x :: a', y :: b' => qadd (qmul x y) (qdot a' b') | _, _ => 0 end.

Definition unit_row (a : positive) : list Q := repeat 0 (Nat.pred (Pos.to_nat a)) ++ [1].

Definition product (A B : list (list Q)) : list (list Q) := map (fun row => times row B) A.

Definition rows_up_to (d : nat) (B : list (list Q)) : bool := forallb (fun row => Nat.leb (length row) d) B.

(** * V_1 … V_n g in closed form: the component is Σ row · g(B z − shift) over the [(shift, row)] of a list. *)
Definition translates := list (list Q * list Q).

Fixpoint same_list (a b : list Q) : bool :=
  match a, b with
  | [], [] => true
  | x :: a', y :: b' => Qeq_bool x y && same_list a' b'
  | _, _ => false
  end.

Fixpoint collect (shift row : list Q) (l : translates) : translates :=
  match l with
  | [] => [(shift, row)]
  | (shift', row') :: rest =>
      if same_list shift shift' then (shift', plus_row 1 row row') :: rest else (shift', row') :: collect shift row rest
  end.

Section Iterate.
Variable d : nat.
Variable A : list (list Q).

Definition image (shift k : list Q) : list Q :=                         (* A shift + k *)
  map (fun a => qadd (qdot (entry [] A a) shift) (entry 0 k a)) (indices d).

Definition refined (m : mask) (l : translates) : translates :=
  fold_right (fun '(shift, row) acc =>
    fold_right (fun '(k, C) acc => collect (image shift k) (times row C) acc) acc m) [] l.

Fixpoint closed_form (ms : list mask) (B : list (list Q)) (l : translates) : list (list Q) * translates :=
  match ms with [] => (B, l) | m :: rest => closed_form rest (product A B) (refined m l) end.
End Iterate.

Definition iterate_form (p : problem) : list (list Q) * translates :=
  closed_form (dimension p) (matrix p) (masks p) (map unit_row (indices (dimension p))) [([], unit_row (component p))].

(** Its terms, one by one: (shift, component of g, weight). *)
Fixpoint row_terms (shift row : list Q) (i : positive) : list (list Q * positive * Q) :=
  match row with
  | [] => []
  | q :: rest => if is_zero q then row_terms shift rest (Pos.succ i)
                 else (shift, i, q) :: row_terms shift rest (Pos.succ i)
  end.

Definition all_terms (l : translates) := flat_map (fun '(shift, row) => row_terms shift row 1) l.

(** * Programs: nodes one after the other, from [first] on. *)
Definition first (d : nat) : positive := Pos.of_nat (S d).
Fixpoint after {T} (k : positive) (l : list T) : positive :=
  match l with [] => k | _ :: rest => after (Pos.succ k) rest end.
Fixpoint table (k : positive) (l : list node) (m : M.t node) : M.t node :=
  match l with [] => m | o :: rest => table (Pos.succ k) rest (M.add k o m) end.

Definition below (d : nat) (k : positive) (o : node) : bool :=
  match o with
  | Op (Affine l _) => forallb (fun t => Pos.ltb (fst t) k) l
  | Op (Relu j) => Pos.ltb j k
  | SeedAt _ _ => Pos.leb (first d) k
  | Product theta j => Pos.ltb theta k && Pos.ltb j k
  end.
Fixpoint ordered (d : nat) (k : positive) (l : list node) : bool :=
  match l with [] => true | o :: rest => below d k o && ordered d (Pos.succ k) rest end.

Fixpoint numbered (k : positive) (l : list (list Q * positive * Q)) : terms :=
  match l with [] => [] | (_, q) :: rest => (k, Qopp q) :: numbered (Pos.succ k) rest end.

(** The network, the values of the seed, and the network minus the iterate. *)
Definition compared (d : nat) (net : network) (l : list (list Q * positive * Q)) : list node :=
  map Op (nodes net) ++ map (fun '(shift, i, _) => SeedAt shift i) l ++
  [Op (Affine ((output net, 1) :: numbered (after (first d) (nodes net)) l) 0)].

(** The nodes of a network behind those of another one, from [from] on instead of [first d]. *)
Definition renamed (d : nat) (from k : positive) : positive :=
  if Pos.ltb k (first d) then k else Pos.sub (Pos.add from k) (first d).
Definition renamed_op (d : nat) (from : positive) (o : op) : op :=
  match o with
  | Affine l b => Affine (map (fun t => (renamed d from (fst t), snd t)) l) b
  | Relu k => Relu (renamed d from k)
  end.

(** Two networks, and the first minus the second. *)
Definition side_by_side (d : nat) (one other : network) : list node :=
  let from := after (first d) (nodes one) in
  map Op (nodes one) ++ map (fun o => Op (renamed_op d from o)) (nodes other) ++
  [Op (Affine [(output one, 1); (renamed d from (output other), -1 # 1)] 0)].

(** * Seeds are functions: any two cells give the same value where they meet. *)
Definition meeting (t t' : cell) : store := fst (add_facts (coordinates t ++ coordinates t') 1 (M.empty _)).

Definition components (l : list simplex) : list positive :=
  indices (fold_right Nat.max 0%nat (map (fun p => length (values p)) (concat l))).

Fixpoint agree_in (facts : store) (t t' : cell) (is : list positive) (w : list (weights * weights)) : bool :=
  match is, w with
  | [], _ => true
  | i :: is', (w1, w2) :: w' =>
      let f := minus (interpolated t (value_at i)) (interpolated t' (value_at i)) in
      nonneg facts w1 f && nonneg facts w2 (opposite f) && agree_in facts t t' is' w'
  | _ :: _, [] => false
  end.

(** Weights for each pair of cells, the first of them outermost, and each component. *)
Definition meetings := list (list (list (weights * weights))).

Fixpoint agree_with (t : cell) (is : list positive) (l : list cell) (w : list (list (weights * weights))) : bool :=
  match l, w with
  | [], _ => true
  | t' :: l', e :: w' => agree_in (meeting t t') t t' is e && agree_with t is l' w'
  | _ :: _, [] => false
  end.

Fixpoint all_agree (is : list positive) (l : list cell) (w : meetings) : bool :=
  match l, w with
  | [], _ => true
  | t :: l', e :: w' => agree_with t is l' e && all_agree is l' w'
  | _ :: _, [] => false
  end.

Definition cells_of (seed : list simplex) (coords : list (list form)) : list cell :=
  map (fun '(t, c) => {| corners := t; coordinates := c |}) (combine seed coords).

Definition seed_ok (d : nat) (seed : list simplex) (coords : list (list form)) (w : meetings) : bool :=
  Nat.eqb (length coords) (length seed) && forallb (cell_ok d) (cells_of seed coords) &&
  all_agree (components seed) (cells_of seed coords) w.

(** * Questions. *)
Record question := {
  q_dimension : nat; q_program : M.t node; q_matrix : list (list Q); q_cells : list cell; q_frames : list frame }.

Definition answer (q : question) (s : step) (stack : list frame) : option (list frame) :=
  advance (q_dimension q) (q_program q) (q_matrix q) (q_cells q) s stack.

Fixpoint answers (q : question) (proof : list step) (stack : list frame) : option (list frame) :=
  match proof with
  | [] => Some stack
  | s :: rest => match answer q s stack with Some stack' => answers q rest stack' | None => None end
  end.

Definition domain_form (h : list Q * Q) : form := add_mul 1 (row_form 1 (fst h)) (const (snd h)).
Definition domain_ok (d : nat) (D : domain) : bool := rows_up_to d (map fst D).

Definition begin (D : domain) (g : goal) : frame :=
  let (known, n) := add_facts (map domain_form D) 1 (M.empty _) in
  {| forms := M.empty _; facts := known; next := n; aim := g |}.

(** At a point: the inputs are numbers, and facts 2a − 1 and 2a say that z a is neither less nor more than entry a. *)
Definition begin_at (d : nat) (point : list Q) (g : goal) : frame :=
  let both a := let f := minus (key a) (const (entry 0 point a)) in [f; opposite f] in
  let (known, n) := add_facts (flat_map both (indices d)) 1 (M.empty _) in
  {| forms := at_corner d {| place := point; values := [] |}; facts := known; next := n; aim := g |}.

Definition program_ok (d : nat) (l : list node) : bool := Nat.ltb 0 d && ordered d (first d) l.

Definition ask (d : nat) (l : list node) (B : list (list Q)) (cells : list cell) (frames : list frame) :=
  if program_ok d l && rows_up_to d B
  then Some {| q_dimension := d; q_program := table (first d) l (M.empty _); q_matrix := B; q_cells := cells;
               q_frames := frames |}
  else None.

Definition inside_network (d : nat) (net : network) : bool := Pos.ltb (output net) (after (first d) (nodes net)).

Definition start_comparison (p : problem) (net : network) (coords : list (list form)) (w : meetings)
    (frame_of : positive -> frame) : option question :=
  let d := dimension p in
  let (B, l) := iterate_form p in
  let all := compared d net (all_terms l) in
  if seed_ok d (seed p) coords w && rows_up_to d (matrix p) && inside_network d net
  then ask d all B (cells_of (seed p) coords) [frame_of (Pos.pred (after (first d) all))]
  else None.

Definition start_realizes (p : problem) (net : network) (D : domain) (coords : list (list form)) (w : meetings) :=
  if domain_ok (dimension p) D
  then start_comparison p net coords w (fun k => begin D (Same k (const 0)))
  else None.

(** [difference] is the network minus the iterate at the point. *)
Definition start_differs (p : problem) (net : network) (point : list Q) (difference : Q)
    (coords : list (list form)) (w : meetings) :=
  if is_zero difference then None
  else start_comparison p net coords w (fun k => begin_at (dimension p) point (Same k (const difference))).

Definition start_near (d : nat) (one other : network) (D : domain) (epsilon : Q) : option question :=
  let all := side_by_side d one other in
  let k := Pos.pred (after (first d) all) in
  if domain_ok d D && inside_network d one && inside_network d other && program_ok d (map Op (nodes other)) &&
     is_nonneg epsilon
  then ask d all [] []
         (if is_zero epsilon then [begin D (Same k (const 0))]
          else [begin D (Nonneg (minus (const epsilon) (key k))); begin D (Nonneg (add_mul 1 (key k) (const epsilon)))])
  else None.

Definition start_at_most (d : nat) (net : network) (D : domain) (c : Q) : option question :=
  if domain_ok d D && inside_network d net
  then ask d (map Op (nodes net)) [] [] [begin D (Nonneg (minus (const c) (key (output net))))]
  else None.
