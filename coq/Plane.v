(** Iterates of scalar refinement operators of the plane, and rows of states that read them. *)
From Coq Require Import ZArith QArith Qreals Reals Lra Lia List Bool.
From ExactRelu Require Import Statement Kernel Sound Programs Main Family Orbits.
Import ListNotations.
Open Scope R_scope.

(** * Sums over lists. *)
Fixpoint sum {T} (f : T -> R) (l : list T) : R := match l with [] => 0 | a :: rest => f a + sum f rest end.

Lemma sum_ext {T} (f h : T -> R) l : (forall a, In a l -> f a = h a) -> sum f l = sum h l.
Proof. induction l; simpl; intros H; auto. rewrite H, IHl; auto. Qed.
Lemma sum_0 {T} (f : T -> R) l : (forall a, In a l -> f a = 0) -> sum f l = 0.
Proof. induction l; simpl; intros H; auto. rewrite H, IHl; auto. lra. Qed.
Lemma sum_add {T} (f h : T -> R) l : sum (fun a => f a + h a) l = sum f l + sum h l.
Proof. induction l; simpl; [lra|]. rewrite IHl. lra. Qed.
Lemma sum_times {T} (f : T -> R) c l : sum (fun a => c * f a) l = c * sum f l.
Proof. induction l; simpl; [lra|]. rewrite IHl. lra. Qed.
Lemma sum_swap {S T} (f : S -> T -> R) l l' : sum (fun a => sum (f a) l') l = sum (fun b => sum (fun a => f a b) l) l'.
Proof. induction l; simpl; [symmetry; apply sum_0; auto|]. rewrite IHl, sum_add. auto. Qed.
Lemma sum_nonneg {T} (f : T -> R) l : (forall a, In a l -> 0 <= f a) -> 0 <= sum f l.
Proof. induction l; simpl; intros H; [lra|]. apply Rplus_le_le_0_compat; auto. Qed.

(** * Iterates as functions of x and y. *)
Definition refined_plane (m : stencil) (f : R -> R -> R) (x y : R) : R :=
  sum (fun '(k1, k2, c) => Q2R c * f (2 * x - IZR k1) (2 * y - IZR k2)) m.

Fixpoint power (m : stencil) (n : nat) (f : R -> R -> R) : R -> R -> R :=
  match n with O => f | S n => refined_plane m (power m n f) end.

Definition point (x y : R) : vector := fun a => match a with 1%positive => x | 2%positive => y | _ => 0 end.
Definition plane (g : vector -> vector) (x y : R) : R := g (point x y) 1%positive.

Lemma doubling_rows : rows_up_to 2 doubling = true. Proof. reflexivity. Qed.

Lemma up_to_2 a : up_to 2 a -> a = 1%positive \/ a = 2%positive. Proof. unfold up_to. lia. Qed.

Lemma moved_doubling k1 k2 z : alike 2 (moved doubling [inject_Z k1; inject_Z k2] z)
  (point (2 * z 1%positive - IZR k1) (2 * z 2%positive - IZR k2)).
Proof.
  intros a U. apply up_to_2 in U as [->| ->]; unfold moved, dot, entry; simpl; rewrite ?Q2R_inject; real; lra.
Qed.

Lemma iterate_plane m g n : local 2 g -> forall z,
  iterate doubling (repeat (mask_of m) n) g z 1%positive = power m n (plane g) (z 1%positive) (z 2%positive).
Proof.
  intros L. induction n as [|n IH]; intros z.
  - simpl. unfold plane. apply L. intros a U. apply up_to_2 in U as [->| ->]; reflexivity.
  - simpl repeat. simpl iterate. simpl power. unfold refined_plane.
    assert (L' : local 2 (iterate doubling (repeat (mask_of m) n) g)) by (apply iterate_local;
      auto using doubling_rows).
    set (f := iterate doubling (repeat (mask_of m) n) g) in *.
    enough (E : forall l, refine doubling (mask_of l) f z 1%positive =
      sum (fun '(k1, k2, c) => Q2R c * power m n (plane g) (2 * z 1%positive - IZR k1) (2 * z 2%positive - IZR k2))
        l) by apply E.
    induction l as [|[[k1 k2] c] l IHl]; simpl; auto. rewrite IHl. f_equal. unfold dot, entry. simpl.
    rewrite (L' _ _ (moved_doubling k1 k2 z)), IH. simpl. lra.
Qed.

(** The iterates of g(· − s) are those of g, moved by s 2^(-n). *)
Lemma power_moved m f s t n : forall x y,
  power m n (fun x y => f (x - s) (y - t)) (x + s * eps n) (y + t * eps n) = power m n f x y.
Proof.
  induction n as [|n IH]; intros x y; simpl.
  - f_equal; unfold eps; simpl; lra.
  - unfold refined_plane. apply sum_ext. intros [[k1 k2] c] _. rewrite <- IH. unfold eps. simpl. f_equal. f_equal; lra.
Qed.

Definition zero_outside (x0 x1 y0 y1 : R) (f : R -> R -> R) : Prop :=
  forall x y, x <= x0 \/ x1 <= x \/ y <= y0 \/ y1 <= y -> f x y = 0.

Lemma power_zero_outside F m g : mask_ok F m = true ->
  let x0 := IZR (fst (low_corner F)) in let x1 := IZR (fst (high_corner F)) in
  let y0 := IZR (snd (low_corner F)) in let y1 := IZR (snd (high_corner F)) in
  zero_outside x0 x1 y0 y1 g -> forall n, zero_outside x0 x1 y0 y1 (power m n g).
Proof.
  intros M. cbv zeta. intros G n. induction n as [|n IH]; auto. intros x y H. simpl. apply sum_0.
  intros [[k1 k2] c] I. unfold mask_ok in M. rewrite forallb_forall in M. specialize (M _ I). simpl in M. bools.
  repeat match goal with L : Z.leb _ _ = true |- _ => apply Z.leb_le, IZR_le in L end. rewrite IH; [lra|]. lra.
Qed.

(** * Cells on which all iterates vanish. *)
Lemma here_spec l i j : here l i j = true <-> In (i, j) l.
Proof.
  unfold here. rewrite existsb_exists. split.
  - intros ([a b] & I & E). simpl in E. bools. apply Z.eqb_eq in H, H0. subst. auto.
  - intros I. exists (i, j). split; auto. simpl. rewrite !Z.eqb_refl. auto.
Qed.

Definition silent_on (f : R -> R -> R) (a : state) : Prop :=
  forall u v, 0 <= u <= 1 -> 0 <= v <= 1 -> f (IZR (fst a) + u) (IZR (snd a) + v) = 0.

Lemma digits_spec q1 q2 : (q1 = 0 \/ q1 = 1)%Z -> (q2 = 0 \/ q2 = 1)%Z -> In (q1, q2) digits.
Proof. intros [->| ->] [->| ->]; simpl; auto. Qed.

Lemma digit_for u : 0 <= u <= 1 -> exists q, (q = 0 \/ q = 1)%Z /\ 0 <= 2 * u - IZR q <= 1.
Proof. intros U. destruct (Rle_dec u (1 / 2)); [exists 0%Z|exists 1%Z]; split; auto; lra. Qed.

Lemma power_silent m l g : alive_before m l = true -> (forall a, ~ In a l -> silent_on g a) ->
  forall n a, ~ In a l -> silent_on (power m n g) a.
Proof.
  intros A G n. induction n as [|n IH]; auto. intros [i j] N u v U V. simpl. apply sum_0. intros [[k1 k2] c] I.
  destruct (digit_for u U) as (q1 & Q1 & U'), (digit_for v V) as (q2 & Q2 & V').
  destruct (is_zero c) eqn:Z; [rewrite is_zero_spec by auto; lra|].
  replace (2 * (IZR i + u) - IZR k1) with (IZR (target q1 k1 i) + (2 * u - IZR q1)) by (unfold target; real; lra).
  replace (2 * (IZR j + v) - IZR k2) with (IZR (target q2 k2 j) + (2 * v - IZR q2)) by (unfold target; real; lra).
  enough (T : ~ In (target q1 k1 i, target q2 k2 j) l) by (pose proof (IH _ T _ _ U' V') as E; simpl in E; rewrite E;
    lra).
  intros T. apply N. unfold alive_before in A. rewrite forallb_forall in A. specialize (A _ (digits_spec _ _ Q1 Q2)).
  simpl in A. rewrite forallb_forall in A. specialize (A _ T). simpl in A. rewrite forallb_forall in A.
    specialize (A _ I).
  simpl in A. rewrite Z in A. simpl in A. unfold target in A.
  replace (2 * i + q1 - k1 + k1 - q1)%Z with (2 * i)%Z in A by lia.
  replace (2 * j + q2 - k2 + k2 - q2)%Z with (2 * j)%Z in A by lia.
  rewrite !Z.even_mul in A. change (Z.even 2) with true in A. cbn [orb andb negb] in A.
  rewrite !Z.div2_div, !(Z.mul_comm 2), !Z.div_mul in A by lia. apply here_spec, A.
Qed.

(** * Rows, as they should be for an orbit that is at (u, v) in its cell. *)
Section Rows.
Variable value_of : positive -> R.

Definition rows_at (l : list row) (u v most : R) : Prop :=
  forall a, In a l -> 0 <= value_of (p_at a) <= most /\
    value_of (pu_at a) = u * value_of (p_at a) /\ value_of (pv_at a) = v * value_of (p_at a).

Definition reads (l : list row) (f : R -> R -> R) (u v : R) : R :=
  sum (fun a => IZR (sign a) * value_of (p_at a) * f (IZR (fst (cell a)) + u) (IZR (snd (cell a)) + v)) l.
End Rows.

Lemma size_nonneg c : 0 <= Q2R (size c).
Proof.
  unfold size. rewrite Q2R_make. apply Rmult_le_pos.
  - apply IZR_le, Z.abs_nonneg.
  - left. apply Rinv_0_lt_compat, IZR_lt. lia.
Qed.

Lemma size_sign c : IZR (Z.sgn (Qnum c)) * Q2R (size c) = Q2R c.
Proof.
  unfold size. rewrite Q2R_make. unfold Q2R, Rdiv. rewrite <- Rmult_assoc, <- mult_IZR. f_equal. f_equal.
  destruct (Qnum c); simpl; lia.
Qed.

(** * A step of the rows. *)
Section Step.
Variable m : stencil.
Variables old new : list row.
Variables q1 q2 : Z.

(** The sum of [h] over the arrows that lead to a row. *)
Definition arrows (h : row -> R) (a' : row) : R :=
  sum (fun a => sum (fun t => if hits q1 q2 a t a' then Q2R (size (snd t)) * h a else 0) m) old.

Lemma value_led v h a' : value v (led m old q1 q2 h a') = arrows (fun a => value v (h a)) a'.
Proof.
  unfold led, arrows. induction old as [|a l IH]; simpl; [rewrite value_const; real; auto|]. rewrite <- IH.
  generalize (fold_right (fun a acc => fold_right (fun t acc =>
    if hits q1 q2 a t a' then add_mul (size (snd t)) (h a) acc else acc) acc m) (const 0) l) as acc.
  intros acc. clear IH. induction m as [|t k IH]; simpl; [lra|].
  destruct (hits q1 q2 a t a'); rewrite ?value_add_mul, IH; lra.
Qed.

Lemma arrows_ext h h' a' : (forall a, In a old -> h a = h' a) -> arrows h a' = arrows h' a'.
Proof.
  intros E. apply sum_ext. intros a I. apply sum_ext. intros t _. rewrite E by auto. auto.
Qed.
Lemma arrows_times c h a' : arrows (fun a => c * h a) a' = c * arrows h a'.
Proof.
  unfold arrows. rewrite <- sum_times. apply sum_ext. intros a _. rewrite <- sum_times. apply sum_ext. intros t _.
  destruct hits; lra.
Qed.
Lemma arrows_nonneg h a' : (forall a, In a old -> 0 <= h a) -> 0 <= arrows h a'.
Proof.
  intros H. apply sum_nonneg. intros a I. apply sum_nonneg. intros t _.
  destruct hits; [apply Rmult_le_pos; auto using size_nonneg|lra].
Qed.

(** An arrow leads to one of the distinct rows at most. *)
Lemma one_hit a t h r : distinct new = true -> existsb (hits q1 q2 a t) new = true ->
  (forall a', hits q1 q2 a t a' = true -> h a' = r) -> sum (fun a' => if hits q1 q2 a t a' then h a' else 0) new = r.
Proof.
  intros D E H. induction new as [|b l IH]; simpl in *; [discriminate|]. bools.
  destruct (hits q1 q2 a t b) eqn:B; simpl in *.
  - rewrite H by auto. rewrite sum_0; [lra|]. intros b' I. destruct (hits q1 q2 a t b') eqn:B'; auto. exfalso.
    apply negb_true_iff in H0. assert (X : existsb (same_state b) l = true); [|congruence].
    apply existsb_exists. exists b'. split; auto. destruct t as [[k1 k2] c]. unfold hits, same_state in *.
    bools. repeat match goal with Z : Z.eqb _ _ = true |- _ => apply Z.eqb_eq in Z end.
    rewrite !andb_true_iff, !Z.eqb_eq. repeat split; congruence.
  - rewrite IH; auto. lra.
Qed.

Lemma no_hit a t h : existsb (hits q1 q2 a t) new = false ->
  sum (fun a' => if hits q1 q2 a t a' then h a' else 0) new = 0.
Proof.
  intros E. apply sum_0. intros b I. destruct (hits q1 q2 a t b) eqn:B; auto. exfalso.
  assert (X : existsb (hits q1 q2 a t) new = true); [|congruence]. apply existsb_exists. eauto.
Qed.

Hypothesis digits_01 : In (q1, q2) digits.
Variables before behind : positive -> R.
Variables u v : R.
Hypothesis U : 0 <= 2 * u - IZR q1 <= 1.
Hypothesis V : 0 <= 2 * v - IZR q2 <= 1.

Hypothesis p_step : forall a', In a' new -> behind (p_at a') = arrows (fun a => before (p_at a)) a'.
Hypothesis pu_step : forall a', In a' new ->
  behind (pu_at a') = arrows (fun a => 2 * before (pu_at a) - IZR q1 * before (p_at a)) a'.
Hypothesis pv_step : forall a', In a' new ->
  behind (pv_at a') = arrows (fun a => 2 * before (pv_at a) - IZR q2 * before (p_at a)) a'.

Lemma step_rows most most' : rows_at before old u v most ->
  (forall a', In a' new -> arrows (fun a => before (p_at a)) a' <= most') ->
  rows_at behind new (2 * u - IZR q1) (2 * v - IZR q2) most'.
Proof.
  intros OK M a' I. repeat split.
  - rewrite p_step by auto. apply arrows_nonneg. intros a A. apply (OK a A).
  - rewrite p_step by auto. auto.
  - rewrite pu_step, p_step, <- arrows_times by auto. apply arrows_ext. intros a A.
    destruct (OK a A) as (_ & -> & _). lra.
  - rewrite pv_step, p_step, <- arrows_times by auto. apply arrows_ext. intros a A.
    destruct (OK a A) as (_ & _ & ->). lra.
Qed.

Lemma step_reads f count : distinct new = true -> closed m old new count = true ->
  (forall a, ~ In a count -> silent_on f a) ->
  reads behind new f (2 * u - IZR q1) (2 * v - IZR q2) = reads before old (refined_plane m f) u v.
Proof.
  intros D C N. unfold reads.
  rewrite (sum_ext _ (fun a' => sum (fun a => sum (fun t => if hits q1 q2 a t a' then
      IZR (sign a') * Q2R (size (snd t)) * before (p_at a) *
      f (IZR (fst (cell a')) + (2 * u - IZR q1)) (IZR (snd (cell a')) + (2 * v - IZR q2)) else 0) m) old)).
  2:{ intros a' I. rewrite p_step by auto. unfold arrows. rewrite (Rmult_comm (IZR (sign a'))), Rmult_assoc, Rmult_comm.
      rewrite <- sum_times. apply sum_ext. intros a _. rewrite <- sum_times. apply sum_ext. intros t _.
      destruct hits; ring. }
  rewrite sum_swap. apply sum_ext. intros a A. rewrite sum_swap. unfold refined_plane. rewrite <- sum_times.
  apply sum_ext. intros [[k1 k2] c] T. cbn [snd].
  set (i := target q1 k1 (fst (cell a))). set (j := target q2 k2 (snd (cell a))).
  assert (X : 2 * (IZR (fst (cell a)) + u) - IZR k1 = IZR i + (2 * u - IZR q1)) by (unfold i, target; real; lra).
  assert (Y : 2 * (IZR (snd (cell a)) + v) - IZR k2 = IZR j + (2 * v - IZR q2)) by (unfold j, target; real; lra).
  rewrite X, Y. set (here_ := f (IZR i + (2 * u - IZR q1)) (IZR j + (2 * v - IZR q2))).
  destruct (existsb (hits q1 q2 a (k1, k2, c)) new) eqn:E.
  - apply one_hit; auto. intros a' H. unfold hits in H. bools.
    apply Z.eqb_eq in H, H0, H1. fold i in H. fold j in H1. rewrite <- H, <- H1, <- H0, mult_IZR. fold here_.
    rewrite <- (size_sign c). ring.
  - rewrite no_hit by auto. unfold closed in C. rewrite forallb_forall in C. specialize (C _ digits_01). simpl in C.
    rewrite forallb_forall in C. specialize (C _ A). simpl in C. rewrite forallb_forall in C. specialize (C _ T).
    simpl in C. fold i j in C. unfold hits in E, C. fold i j in E, C. rewrite E in C. destruct (is_zero c) eqn:Z.
    + rewrite is_zero_spec by auto. lra.
    + simpl in C. apply negb_true_iff in C. assert (O : ~ In (i, j) count).
      { intros O. apply here_spec in O. congruence. }
      pose proof (N _ O _ _ U V) as S. simpl in S. unfold here_. rewrite S. lra.
Qed.
End Step.
