(** Parts of a space: networks on the hull of some points, lower bounds, values at a point, and statements that are wrong.

    The hull of P_0, …, P_s has coordinates u_1, …, u_s; a network on it is one with s inputs, which [pull] makes. *)
From Coq Require Import QArith Qreals Reals Lra Lia List FMapPositive Bool.
From ExactRelu Require Import Statement Kernel Sound Programs Main Family Member EveryN.
Import ListNotations.

(** * Networks on a hull: all nodes move up by s, and what were inputs are affine nodes. *)
Fixpoint steps_along (k : positive) (P : list Q) (others : list (list Q)) (a : positive) : terms :=
  match others with
  | [] => []
  | P' :: rest => (k, qadd (entry 0%Q P' a) (Qopp (entry 0%Q P a))) :: steps_along (Pos.succ k) P rest a
  end.

Definition coordinate_along (P : list Q) (others : list (list Q)) (a : positive) : op :=
  Affine (steps_along 1 P others a) (entry 0%Q P a).

Definition shifted_op (s : positive) (o : op) : op :=
  match o with
  | Affine l b => Affine (map (fun t => (Pos.add (fst t) s, snd t)) l) b
  | Relu k => Relu (Pos.add k s)
  end.

Definition pulled (m : nat) (P : list Q) (others : list (list Q)) (net : network) : network :=
  let s := Pos.of_nat (length others) in
  {| nodes := map (coordinate_along P others) (indices m) ++ map (shifted_op s) (nodes net);
     output := Pos.add (output net) s |}.

Definition pull (m : nat) (P : list Q) (others : list (list Q)) (net : network) : option network :=
  if negb (Nat.eqb (length others) 0) && inside_network m net && ordered m (first m) (map Op (nodes net))
  then Some (pulled m P others net) else None.

(** * Points and bounds. *)
Definition contains (D : domain) (point : list Q) : bool :=
  forallb (fun '(a, c) => is_nonneg (qadd (qdot a point) c)) D.

Definition start_at_least (d : nat) (net : network) (D : domain) (c : Q) : option question :=
  if domain_ok d D && inside_network d net
  then ask d (map Op (nodes net)) [] [] [begin D (Nonneg (minus (key (output net)) (const c)))]
  else None.

Definition start_takes (d : nat) (net : network) (point : list Q) (c : Q) : option question :=
  if inside_network d net
  then ask d (map Op (nodes net)) [] [] [begin_at d point (Same (output net) (const c))]
  else None.

(** Values a and b at a point of the domain are further apart than epsilon; a value a there is larger than c. *)
Definition further (D : domain) (point : list Q) (a b epsilon : Q) : bool :=
  contains D point && negb (is_nonneg (qadd epsilon (Qopp (qadd a (Qopp b)))) && is_nonneg (qadd epsilon (qadd a (Qopp b)))).
Definition larger (D : domain) (point : list Q) (a c : Q) : bool :=
  contains D point && negb (is_nonneg (qadd c (Qopp a))).

(** The questions on a family whose networks, for every n >= 1, are V^n g. *)
Definition every_questions (F : family) (m : stencil) (s : list simplex) (coords : list (list form)) (w : meetings) :=
  if instances_ok F then family_questions F m s coords w else None.

Open Scope R_scope.

Lemma steps_along_value P a u : forall others k,
  weighted u (steps_along k P others a) + Q2R (entry 0%Q P a) = along k P others u a.
Proof.
  induction others as [|P' rest IH]; intros k; simpl; [lra|]. rewrite <- (IH (Pos.succ k)). real.
  lra.
Qed.

Lemma weighted_shifted s v w l : (forall k q, In (k, q) l -> w (k + s)%positive = v k) ->
  weighted w (map (fun t : positive * Q => ((fst t + s)%positive, snd t)) l) = weighted v l.
Proof.
  induction l as [|[k q] l IH]; simpl; intros H; auto. rewrite (H k q) by (left; auto). rewrite IH; auto.
  intros. apply (H k0 q0). right; auto.
Qed.

Lemma shifted_run d s l : forall k v w, ordered d k (map Op l) = true ->
  (forall j, (j < k)%positive -> w (j + s)%positive = v j) ->
  forall j, (j < after k l)%positive -> run (k + s) (map (shifted_op s) l) w (j + s)%positive = run k l v j.
Proof.
  induction l as [|o l IH]; simpl; intros k v w O H j J; auto. bools.
  replace (Pos.succ (k + s)) with (Pos.succ k + s)%positive by lia. apply IH; auto. intros i I.
  assert (E : op_value w (shifted_op s o) = op_value v o).
  { destruct o as [t b|i']; simpl in *.
    - f_equal. apply weighted_shifted. intros i' q T. apply H. eapply forallb_forall in H0; eauto. apply Pos.ltb_lt, H0.
    - rewrite H; auto. apply Pos.ltb_lt, H0. }
  rewrite E. unfold set. destruct (Pos.eqb_spec i k) as [->|N].
  - rewrite Pos.eqb_refl. auto.
  - destruct (Pos.eqb_spec (i + s) (k + s)); [lia|]. apply H. lia.
Qed.

Lemma steps_along_local P a v w : forall others k,
  (forall j, (k <= j)%positive -> (Pos.to_nat j < Pos.to_nat k + length others)%nat -> v j = w j) ->
  weighted v (steps_along k P others a) = weighted w (steps_along k P others a).
Proof.
  induction others as [|P' rest IH]; simpl; intros k H; auto. rewrite (H k) by lia.
  rewrite IH; auto. intros. apply H; lia.
Qed.

(** The nodes of the coordinates, those from number b on. *)
Lemma coordinates_run P others u n : forall b w, (length others < Pos.to_nat (b + Pos.of_nat (length others)))%nat ->
  (0 < length others)%nat -> (forall j, (Pos.to_nat j <= length others)%nat -> w j = u j) ->
  let s := Pos.of_nat (length others) in
  let v := run (b + s) (map (coordinate_along P others) (map Pos.of_nat (seq (Pos.to_nat b) n))) w in
  (forall j, (j < b + s)%positive -> v j = w j) /\
  (forall a, (b <= a)%positive -> (Pos.to_nat a < Pos.to_nat b + n)%nat -> v (a + s)%positive = along 1 P others u a).
Proof.
  induction n as [|n IH]; intros b w L S W s; simpl; [split; intros; [auto|lia]|].
  rewrite Pos2Nat.id. set (r := weighted w _ + _).
  assert (R : r = along 1 P others u b).
  { unfold r. rewrite <- steps_along_value. f_equal. apply steps_along_local. intros j _ J. apply W. lia. }
  replace (Pos.succ (b + s)) with (Pos.succ b + s)%positive by lia. rewrite <- Pos2Nat.inj_succ.
  destruct (IH (Pos.succ b) (set w (b + s) r)) as [A C]; auto.
  - lia.
  - intros j J. rewrite set_other; auto. intros ->. unfold s in J. lia.
  - split.
    + intros j J. rewrite A by lia. apply set_other. lia.
    + intros a B T. destruct (Pos.eq_dec a b) as [->|N].
      * rewrite A by lia. rewrite set_same. auto.
      * apply C; lia.
Qed.

Theorem pull_sound m P others net net' : pull m P others net = Some net' ->
  forall u, net_value (length others) net' u = net_value m net (along 1 P others u).
Proof.
  unfold pull. destruct (_ && _) eqn:C; [|discriminate]. intros [= <-] u. bools.
  apply negb_true_iff, Nat.eqb_neq in H. unfold inside_network in H1. apply Pos.ltb_lt in H1.
  unfold net_value, pulled. cbn [nodes output]. set (s := Pos.of_nat (length others)).
  fold (first m). replace (Pos.of_nat (S (length others))) with (1 + s)%positive by (unfold s; lia).
  rewrite <- (run_ops [] (fun _ _ => 0)), map_app, run_app, !run_ops, !after_map.
  unfold indices. change 1%nat with (Pos.to_nat 1).
  destruct (coordinates_run P others u m 1 u) as [_ B]; auto; [lia|lia|].
  set (w := run (1 + s) _ u) in *.
  replace (after (1 + s) (map Pos.of_nat (seq (Pos.to_nat 1) m))) with (first m + s)%positive.
  - apply (shifted_run m); auto. intros j J. unfold first in J. apply B; lia.
  - assert (A : forall {T} (l : list T) k, after k l = Pos.of_nat (Pos.to_nat k + length l)).
    { intros T. induction l as [|x l IH]; simpl; intros k; [rewrite Nat.add_0_r, Pos2Nat.id; auto|].
      rewrite IH. f_equal. lia. }
    rewrite A, map_length, seq_length. unfold first. lia.
Qed.

Lemma contains_spec D point z : contains D point = true -> (forall a, z a = Q2R (entry 0%Q point a)) -> within D z.
Proof.
  unfold contains, within. rewrite forallb_forall, Forall_forall. intros H Z [a c] I. specialize (H _ I). simpl in H.
  apply is_nonneg_true in H. real. rewrite qdot_dot in H. replace (dot a z) with (dot a (fun j => Q2R (entry 0%Q point j))); auto.
  apply dot_ext. auto.
Qed.

Theorem at_least_sound d net D c q proof :
  start_at_least d net D c = Some q -> answers q proof (q_frames q) = Some [] -> at_least d net D c.
Proof.
  unfold start_at_least. destruct (_ && _) eqn:C; [|discriminate]. bools. intros S A z W.
  destruct (ask_sound _ _ _ _ _ _ _ _ z S A (nobody d) eq_refl) as (F & _).
  apply Forall_inv, (begin_holds d) in F; auto. simpl in F.
  rewrite value_minus, value_const, value_key, run_ops in F. unfold net_value. fold (first d). lra.
Qed.

Theorem takes_sound d net point c q proof :
  start_takes d net point c = Some q -> answers q proof (q_frames q) = Some [] -> takes d net point c.
Proof.
  unfold start_takes. destruct (inside_network d net) eqn:C; [|discriminate]. intros S A z Z.
  destruct (ask_sound _ _ _ _ _ _ _ _ z S A (nobody d) eq_refl) as (F & _).
  apply Forall_inv, (begin_at_holds d point) in F.
  - simpl in F. rewrite value_const, run_ops in F. auto.
  - intros a U. rewrite <- Z. apply run_keeps, first_spec, U.
Qed.

(** * Statements that are wrong. *)
Lemma negative_spec a : is_nonneg a = false -> Q2R a < 0.
Proof.
  unfold is_nonneg, Q2R. destruct (Qnum a) eqn:E; try discriminate. intros _.
  assert (0 < / IZR (Zpos (Qden a))) by (apply Rinv_0_lt_compat, IZR_lt; lia).
  assert (IZR (Zneg p) < 0) by (apply IZR_lt; lia). nra.
Qed.

Definition point_at (point : list Q) : vector := fun a => Q2R (entry 0%Q point a).

Theorem further_sound d one other D epsilon point a b : takes d one point a -> takes d other point b ->
  further D point a b epsilon = true -> ~ near d one other D epsilon.
Proof.
  unfold further. intros T T' H N. bools. specialize (N (point_at point) (contains_spec _ _ _ H (fun _ => eq_refl))).
  rewrite (T (point_at point)), (T' (point_at point)) in N by reflexivity. apply negb_true_iff, andb_false_iff in H0.
  assert (B : - Q2R epsilon <= Q2R a - Q2R b <= Q2R epsilon).
  { split; [pose proof (Rle_abs (-(Q2R a - Q2R b))) as L; rewrite Rabs_Ropp in L; lra|].
    pose proof (Rle_abs (Q2R a - Q2R b)). lra. }
  destruct H0 as [H0|H0]; apply negative_spec in H0; real; lra.
Qed.

Theorem above_sound d net D point a c : takes d net point a -> larger D point a c = true -> ~ at_most d net D c.
Proof.
  unfold larger. intros T H N. bools. apply negb_true_iff, negative_spec in H0. real.
  specialize (N (point_at point) (contains_spec _ _ _ H (fun _ => eq_refl))).
  rewrite (T (point_at point)) in N by reflexivity. lra.
Qed.

Theorem beneath_sound d net D point a c : takes d net point a -> larger D point (Qopp a) (Qopp c) = true ->
  ~ at_least d net D c.
Proof.
  unfold larger. intros T H N. bools. apply negb_true_iff, negative_spec in H0. real.
  specialize (N (point_at point) (contains_spec _ _ _ H (fun _ => eq_refl))).
  rewrite (T (point_at point)) in N by reflexivity. lra.
Qed.

Theorem differs_refutes p net D point : differs p net point -> contains D point = true -> ~ realizes p net D.
Proof.
  intros [[g G] H] C [_ N]. apply (H g (point_at point) G (fun _ => eq_refl)).
  apply (N g G), (contains_spec _ _ _ C). reflexivity.
Qed.

Theorem every_sound F m s coords w questions proofs : every_questions F m s coords w = Some questions ->
  Forall2 (fun q proof => answers q proof (q_frames q) = Some []) questions proofs ->
  forall n, (1 <= n)%nat -> realizes (plane_problem m s n) (instance F n) [].
Proof.
  unfold every_questions. destruct (instances_ok F) eqn:OK; [|discriminate]. intros Q A n N.
  apply (realized_by_members F); eauto using family_sound, instance_value.
Qed.

(** * Networks of a family whose theorem is known already, and long ones that are chains of a few different blocks. *)
Definition accepted_member (F : family) (n : nat) (net : network) (proof : list step) : bool :=
  match member_question F n net with
  | Some q => match answers q proof (q_frames q) with Some [] => true | _ => false end
  | None => false
  end.

Corollary member_accepted F m s n net proof :
  (forall n, (1 <= n)%nat -> realizes (plane_problem m s n) (instance F n) []) -> Nat.leb 1 n = true ->
  accepted_member F n net proof = true -> realizes (plane_problem m s n) net [].
Proof.
  unfold accepted_member, member_question. intros R N A. apply Nat.leb_le in N. specialize (R n N) as [X R]. split; auto.
  destruct (instances_ok F); [|discriminate]. destruct (start_near _ _ _ _ _) as [q|] eqn:Q; [|discriminate].
  destruct (answers q proof (q_frames q)) as [[|]|] eqn:P; try discriminate.
  intros g G z W. rewrite <- (R g G z W). pose proof (near_sound _ _ _ _ _ _ _ Q P z (Forall_nil _)) as D.
  rewrite real_0 in D. apply Rminus_diag_uniq. destruct (Req_dec (net_value 2 net z - net_value 2 (instance F n) z) 0) as [|E]; auto.
  apply Rabs_pos_lt in E. simpl in D, E. lra.
Qed.

(** A block is a function of the number of its first node, here the nodes of blocks one after the other. *)
Fixpoint chain (k : positive) (blocks : list (positive -> list op)) : list op :=
  match blocks with [] => [] | b :: rest => let l := b k in l ++ chain (after k l) rest end.

Definition at_ (k : positive) (behind : Z) : positive := Z.to_pos (Zpos k + behind).
