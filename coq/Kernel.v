(** The kernel: a calculus of linear facts about the nodes of a program,
  as a machine that consumes a proof step by step.

    A form is a rational constant plus a weighted sum of keys; a key is a node whose own form is not known. A frame is a
    goal with what is known where it has to be shown: [forms], node by node, and [facts], forms that are >= 0. A step
    closes the first frame of a stack, replaces it, or splits it in two. A proof is accepted when the stack is empty.
    Nothing is searched: weights and splits stand in the steps,
      and only identities and signs of rationals are checked. *)
From Coq Require Import QArith List FMapPositive Bool.
From ExactRelu Require Import Statement.
Import ListNotations.
Open Scope Q_scope.

Module M := PositiveMap.

(** * Rationals are kept reduced; where that can be seen, or denominators are equal, no divisor is looked for. *)
Definition reduced (n : Z) (d : positive) : Q :=
  if Z.eqb n 0 then 0 else if Pos.eqb d 1 || Z.eqb n 1 || Z.eqb n (-1) then n # d else Qred (n # d).
Definition qadd (a b : Q) :=
  if Pos.eqb (Qden a) (Qden b) then reduced (Qnum a + Qnum b) (Qden a)
  else reduced (Qnum a * Zpos (Qden b) + Qnum b * Zpos (Qden a)) (Qden a * Qden b).
Definition qmul (a b : Q) := reduced (Qnum a * Qnum b) (Qden a * Qden b).
Definition is_zero (a : Q) := match Qnum a with Z0 => true | _ => false end.
Definition is_nonneg (a : Q) := match Qnum a with Zneg _ => false | _ => true end.

(** * Forms; the terms are sorted by their keys. *)
Definition terms := list (positive * Q).
Definition form := (Q * terms)%type.

Fixpoint plus (q : Q) (a : terms) {struct a} : terms -> terms :=        (* q a + b, for sorted a and b *)
  match a with
  | [] => fun b => b
  | (k, p) :: a' => fix insert (b : terms) : terms :=
      match b with
      | [] => (k, qmul q p) :: plus q a' []
      | (j, s) :: b' =>
          match Pos.compare k j with
          | Lt => (k, qmul q p) :: plus q a' b
          | Eq => let t := qadd (qmul q p) s in if is_zero t then plus q a' b' else (k, t) :: plus q a' b'
          | Gt => (j, s) :: insert b'
          end
      end
  end.

Definition add_mul (q : Q) (a b : form) : form := (qadd (qmul q (fst a)) (fst b), plus q (snd a) (snd b)).
Definition const (q : Q) : form := (q, []).
Definition key (k : positive) : form := (0, [(k, 1)]).
Definition opposite (a : form) : form := add_mul (-1 # 1) a (const 0).
Definition minus (a b : form) : form := add_mul (-1 # 1) b a.
Definition vanishes (a : form) : bool := is_zero (fst a) && forallb (fun t => is_zero (snd t)) (snd a).

Definition store := M.t form.
Definition form_of (forms : store) (k : positive) : form :=
  match M.find k forms with Some f => f | None => key k end.

(** [acc] plus the weighted sum, with the forms of the nodes in their places. *)
Fixpoint expand (forms : store) (l : terms) (acc : form) : form :=
  match l with [] => acc | (k, q) :: rest => expand forms rest (add_mul q (form_of forms k) acc) end.

(** f is a sum of facts with weights >= 0, plus a constant >= 0. *)
Definition weights := list (positive * Q).

Fixpoint without (facts : store) (w : weights) (f : form) : option form :=
  match w with
  | [] => Some f
  | (i, q) :: rest =>
      match M.find i facts with
      | Some h => if is_nonneg q then without facts rest (add_mul (Qopp q) h f) else None
      | None => None
      end
  end.

Definition nonneg (facts : store) (w : weights) (f : form) : bool :=
  match without facts w f with
  | Some rest => is_nonneg (fst rest) && forallb (fun t => is_zero (snd t)) (snd rest)
  | None => false
  end.

(** * Programs: affine and ReLU nodes, values g_i(B z − shift) of the seed at a moved point,
  and products θ k of two nodes,
    which families of networks need for their parameters θ. *)
Inductive node := Op (o : op) | SeedAt (shift : list Q) (i : positive) | Product (theta k : positive).

(** A simplex with its barycentric coordinates, forms in the keys 1, …, d for the coordinates of a point. *)
Record cell := { corners : simplex; coordinates : list form }.

Fixpoint mixed (ws : list Q) (fs : list form) : form :=
  match ws, fs with q :: ws', f :: fs' => add_mul q f (mixed ws' fs') | _, _ => const 0 end.

(** The affine function on a cell with these values at its corners. *)
Definition interpolated (t : cell) (of : corner -> Q) : form := mixed (map of (corners t)) (coordinates t).

Definition indices (d : nat) : list positive := map Pos.of_nat (seq 1 d).

Definition at_corner (d : nat) (p : corner) : store :=
  fold_right (fun k m => M.add k (const (entry 0 (place p) k)) m) (M.empty _) (indices d).

Definition at_point (where_ : store) (f : form) : form := expand where_ (snd f) (const (fst f)).

Definition keys_up_to (d : nat) (f : form) : bool := forallb (fun t => Nat.leb (Pos.to_nat (fst t)) d) (snd f).

(** Coordinate number i is 1 at corner number i and 0 at the others; they add up to 1, and to the point. *)
Definition no_corner := {| place := []; values := [] |}.

Definition dual (d : nat) (t : cell) (i j : nat) : bool :=
  vanishes (minus (at_point (at_corner d (nth j (corners t) no_corner)) (nth i (coordinates t) (const 0)))
                  (const (if Nat.eqb i j then 1 else 0))).

Definition cell_ok (d : nat) (t : cell) : bool :=
  Nat.eqb (length (coordinates t)) (length (corners t)) &&
  forallb (keys_up_to d) (coordinates t) &&
  (let numbers := seq 0 (length (corners t)) in forallb (fun i => forallb (dual d t i) numbers) numbers) &&
  vanishes (minus (interpolated t (fun _ => 1)) (const 1)) &&
  forallb (fun a => vanishes (minus (interpolated t (fun p => entry 0 (place p) a)) (key a))) (indices d).

(** * Frames and steps. *)
Inductive goal := Same (k : positive) (f : form) | Nonneg (f : form) | Both (g h : goal).

Record frame := { forms : store; facts : store; next : positive; aim : goal }.

Inductive outside := Apart (w : weights) | Zero (w w' : weights).

Inductive step :=
  | Done (w w' : weights)                               (** the goal k = f: neither k − f nor f − k is negative *)
  | Close (w : weights)                                 (** the goal f >= 0, with the forms of nodes in their places *)
  | Absurd (w : weights)                                (** the facts contradict each other *)
  | Split (f : form)                                    (** f >= 0, or f <= 0 *)
  | Have (g : goal)                                     (** a lemma: first itself, then the goal with it *)
  | Each                                                (** two goals, one after the other *)
  | Aff (k : positive)                                  (** an affine node is the sum of its terms' forms *)
  | On (k : positive) (w : weights)                     (** k = max(0, e), e >= 0 *)
  | Off (k : positive) (w : weights)                    (** k = max(0, e), e <= 0 *)
  | Scale (k j : positive) (s : Q)                      (** k = max(0, s e), j = max(0, e) *)
  | Sym (k : positive)                                  (** k is a key again *)
  | Low (k : positive)                                  (** facts: k >= 0 and k >= e *)
  | Up (k : positive) (f : form) (w w' : weights)       (** fact: k <= f, as f >= 0 and f >= e *)
  | Inside (k : positive) (i : nat) (ws : list weights) (** the moved point is in cell number i *)
  | Outside (k : positive) (l : list outside)           (** g vanishes at the moved point *)
  | Mul (k : positive) (at_ : list positive)            (** k = θ j;
    the keys of j's form, times θ, are the nodes [at_] *)
  | Times (theta : positive) (s c : Q) (f : form) (w w' : weights) (at_ : list positive).
                                                        (** fact: (s θ + c) f >= 0, as s θ + c >= 0 and f >= 0 *)

Section Machine.
Variable d : nat.
Variable program : M.t node.
Variable B : list (list Q).
Variable cells : list cell.

(** The form of node j, by its terms where nothing has been said of an affine node itself. *)
Definition source_form (fr : frame) (j : positive) : form :=
  match M.find j (forms fr), M.find j program with
  | Some f, _ => f
  | None, Some (Op (Affine l b)) => expand (forms fr) l (const b)
  | None, _ => key j
  end.

Definition relu_of (k : positive) (fr : frame) : option form :=
  match M.find k program with Some (Op (Relu j)) => Some (source_form fr j) | _ => None end.

(** θ times a form; [at_] are the products θ k in the program, for its keys k one by one. *)
Fixpoint products (theta : positive) (l : terms) (at_ : list positive) (acc : form) : option form :=
  match l, at_ with
  | [], _ => Some acc
  | (k, q) :: l', j :: at' =>
      match M.find j program with
      | Some (Product t i) =>
          if Pos.eqb t theta && Pos.eqb i k then products theta l' at' (add_mul q (key j) acc) else None
      | _ => None
      end
  | _ :: _, [] => None
  end.

Definition multiplied (theta : positive) (f : form) (at_ : list positive) : option form :=
  products theta (snd f) at_ (add_mul (fst f) (key theta) (const 0)).

Fixpoint row_form (k : positive) (row : list Q) : form :=
  match row with [] => const 0 | q :: rest => add_mul q (key k) (row_form (Pos.succ k) rest) end.

(** Coordinate a of B z − shift. *)
Definition moved_form (shift : list Q) (a : positive) : form :=
  minus (row_form 1 (entry [] B a)) (const (entry 0 shift a)).

Definition moved_forms (shift : list Q) : store :=
  fold_right (fun a m => M.add a (moved_form shift a) m) (M.empty _) (indices d).

Fixpoint add_facts (fs : list form) (n : positive) (facts : store) : store * positive :=
  match fs with [] => (facts, n) | f :: rest => add_facts rest (Pos.succ n) (M.add n f facts) end.

Definition value_at (i : positive) (p : corner) : Q := entry 0 (values p) i.

Definition out_of (fr : frame) (where_ : store) (i : positive) (t : cell) (o : outside) : bool :=
  let (known, _) := add_facts (map (at_point where_) (coordinates t)) (next fr) (facts fr) in
  match o with
  | Apart w => nonneg known w (const (-1 # 1))
  | Zero w w' =>
      let f := at_point where_ (interpolated t (value_at i)) in
      nonneg known w f && nonneg known w' (opposite f)
  end.

Fixpoint out_of_all (fr : frame) (where_ : store) (i : positive) (l : list cell) (o : list outside) : bool :=
  match l, o with
  | [], _ => true
  | t :: l', e :: o' => out_of fr where_ i t e && out_of_all fr where_ i l' o'
  | _ :: _, [] => false
  end.

Fixpoint all_nonneg (facts : store) (ws : list weights) (fs : list form) : bool :=
  match fs, ws with
  | [], _ => true
  | f :: fs', w :: ws' => nonneg facts w f && all_nonneg facts ws' fs'
  | _ :: _, [] => false
  end.

Definition with_form (fr : frame) (k : positive) (f : form) : frame :=
  {| forms := M.add k f (forms fr); facts := facts fr; next := next fr; aim := aim fr |}.
Definition with_fact (fr : frame) (f : form) : frame :=
  {| forms := forms fr; facts := M.add (next fr) f (facts fr); next := Pos.succ (next fr); aim := aim fr |}.
Definition with_aim (fr : frame) (g : goal) : frame :=
  {| forms := forms fr; facts := facts fr; next := next fr; aim := g |}.

Fixpoint assuming (fr : frame) (g : goal) : frame :=
  match g with
  | Same k f => with_form fr k f
  | Nonneg f => with_fact fr f
  | Both g h => assuming (assuming fr g) h
  end.

Definition when (b : bool) (l : list frame) : option (list frame) := if b then Some l else None.

(** What is left to be shown after a step for the frame: if all of it holds, then the aim of the frame holds. *)
Definition left_over (fr : frame) (s : step) : option (list frame) :=
  match s with
  | Done w w' =>
      match aim fr with
      | Same k f =>
          when (nonneg (facts fr) w (minus (form_of (forms fr) k) f) &&
                nonneg (facts fr) w' (minus f (form_of (forms fr) k))) []
      | _ => None
      end
  | Close w =>
      match aim fr with Nonneg f => when (nonneg (facts fr) w (at_point (forms fr) f)) [] | _ => None end
  | Absurd w => when (nonneg (facts fr) w (const (-1 # 1))) []
  | Split f => Some [with_fact fr f; with_fact fr (opposite f)]
  | Have g => Some [with_aim fr g; assuming fr g]
  | Each => match aim fr with Both g h => Some [with_aim fr g; with_aim fr h] | _ => None end
  | Aff k =>
      match M.find k program with
      | Some (Op (Affine l b)) => Some [with_form fr k (expand (forms fr) l (const b))]
      | _ => None
      end
  | On k w =>
      match relu_of k fr with
      | Some e => when (nonneg (facts fr) w e) [with_form fr k e]
      | None => None
      end
  | Off k w =>
      match relu_of k fr with
      | Some e => when (nonneg (facts fr) w (opposite e)) [with_form fr k (const 0)]
      | None => None
      end
  | Scale k j s =>                   (* for s < 0, max(0, s e) = −s (max(0, e) − e) *)
      match relu_of k fr, relu_of j fr with
      | Some e, Some e' =>
          when (vanishes (add_mul (Qopp s) e' e))
            [with_form fr k (if is_nonneg s then add_mul s (form_of (forms fr) j) (const 0)
                             else add_mul (Qopp s) (minus (form_of (forms fr) j) e') (const 0))]
      | _, _ => None
      end
  | Sym k => Some [with_form fr k (key k)]
  | Low k =>
      match relu_of k fr with
      | Some e => Some [with_fact (with_fact fr (form_of (forms fr) k)) (minus (form_of (forms fr) k) e)]
      | None => None
      end
  | Up k f w w' =>
      match relu_of k fr with
      | Some e => when (nonneg (facts fr) w f && nonneg (facts fr) w' (minus f e))
                    [with_fact fr (minus f (form_of (forms fr) k))]
      | None => None
      end
  | Inside k i ws =>
      match M.find k program, nth_error cells i with
      | Some (SeedAt shift c), Some t =>
          let where_ := moved_forms shift in
          when (all_nonneg (facts fr) ws (map (at_point where_) (coordinates t)))
            [with_form fr k (at_point where_ (interpolated t (value_at c)))]
      | _, _ => None
      end
  | Outside k l =>
      match M.find k program with
      | Some (SeedAt shift c) =>
          when (out_of_all fr (moved_forms shift) c cells l) [with_form fr k (const 0)]
      | _ => None
      end
  | Mul k at_ =>
      match M.find k program with
      | Some (Product theta j) =>
          match multiplied theta (source_form fr j) at_ with Some f => Some [with_form fr k f] | None => None end
      | _ => None
      end
  | Times theta s c f w w' at_ =>
      match multiplied theta f at_ with
      | Some product =>
          when (nonneg (facts fr) w (add_mul s (key theta) (const c)) && nonneg (facts fr) w' f)
            [with_fact fr (add_mul s product (add_mul c f (const 0)))]
      | None => None
      end
  end.

Definition advance (s : step) (stack : list frame) : option (list frame) :=
  match stack with
  | [] => None
  | fr :: rest => match left_over fr s with Some new => Some (new ++ rest) | None => None end
  end.

Fixpoint advance_all (proof : list step) (stack : list frame) : option (list frame) :=
  match proof with
  | [] => Some stack
  | s :: rest => match advance s stack with Some stack' => advance_all rest stack' | None => None end
  end.
End Machine.
