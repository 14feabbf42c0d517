(** Orbits of t -> 2t mod 1 in one coordinate, and the controllers that follow them. *)
From Coq Require Import ZArith QArith Qreals Reals Lra Lia List.
From ExactRelu Require Import Statement Kernel Sound Family.
Import ListNotations.
Open Scope R_scope.

(** * Fractional parts. *)
Definition whole (t : R) : Z := (up t - 1)%Z.
Definition part (t : R) : R := t - IZR (whole t).

Lemma whole_part t : t = IZR (whole t) + part t. Proof. unfold part. lra. Qed.
Lemma part_range t : 0 <= part t < 1.
Proof. unfold part, whole. rewrite minus_IZR. destruct (archimed t). lra. Qed.

Lemma part_unique m r : 0 <= r < 1 -> part (IZR m + r) = r.
Proof.
  intros H. unfold part, whole. rewrite <- (up_tech (IZR m + r) m) by (rewrite ?plus_IZR; lra).
  replace (m + 1 - 1)%Z with m by lia. lra.
Qed.

Definition digit_of (r : R) : Z := if Rlt_dec r (1 / 2) then 0%Z else 1%Z.

Lemma digit_of_range r : 0 <= r < 1 -> IZR (digit_of r) <= 2 * r < IZR (digit_of r) + 1.
Proof. unfold digit_of. destruct Rlt_dec; lra. Qed.
Lemma digit_of_cases r : digit_of r = 0%Z \/ digit_of r = 1%Z.
Proof. unfold digit_of. destruct Rlt_dec; auto. Qed.

Lemma part_double t : part (2 * t) = 2 * part t - IZR (digit_of (part t)).
Proof.
  rewrite (whole_part t) at 1. pose proof (digit_of_range _ (part_range t)).
  replace (2 * (IZR (whole t) + part t)) with
    (IZR (2 * whole t + digit_of (part t)) + (2 * part t - IZR (digit_of (part t)))).
  - apply part_unique. lra.
  - rewrite plus_IZR, mult_IZR. lra.
Qed.

Lemma part_0 : part 0 = 0.
Proof. replace 0 with (IZR 0 + 0) at 1 by lra. apply part_unique. lra. Qed.

(** * An orbit: [residue t k] is 2^k t mod 1. *)
Definition residue (t : R) (k : nat) : R := part (2 ^ k * t).

Lemma residue_range t k : 0 <= residue t k < 1. Proof. apply part_range. Qed.
Lemma residue_next t k : residue t (S k) = 2 * residue t k - IZR (digit_of (residue t k)).
Proof. unfold residue. simpl. rewrite Rmult_assoc. apply part_double. Qed.

Definition eps (n : nat) : R := (1 / 2) ^ n.

Lemma pow_2_pos k : 0 < 2 ^ k. Proof. apply pow_lt. lra. Qed.
Lemma eps_pos n : 0 < eps n. Proof. apply pow_lt. lra. Qed.
Lemma eps_pow n : 2 ^ n * eps n = 1.
Proof. unfold eps. rewrite <- Rpow_mult_distr. replace (2 * (1 / 2)) with 1 by lra. apply pow1. Qed.
Lemma eps_half n : (1 <= n)%nat -> eps n <= 1 / 2.
Proof.
  intros H. destruct n as [|n]; [lia|]. unfold eps. simpl. assert ((1 / 2) ^ n <= 1 ^ n) by (apply pow_incr; lra).
  rewrite pow1 in H0. lra.
Qed.
Lemma pow_2_IZR k : 2 ^ k = IZR (2 ^ Z.of_nat k).
Proof. rewrite <- pow_IZR. reflexivity. Qed.

Lemma Rabs_bounds a b : Rabs a <= b -> - b <= a <= b.
Proof. unfold Rabs. destruct Rcase_abs; lra. Qed.

(** An orbit is bad if it ends within w of an integer. *)
Definition bad (w : R) (n : nat) (t : R) : Prop := exists m, Rabs (2 ^ n * t - IZR m) <= w.

Lemma bad_near w n t m : 0 < w -> Rabs (t - IZR m * eps n) < w * eps n -> bad w n t.
Proof.
  intros W H. exists m. pose proof (pow_2_pos n). pose proof (eps_pow n).
  assert (E : 2 ^ n * t - IZR m = 2 ^ n * (t - IZR m * eps n)).
  { rewrite <- (Rmult_1_r (IZR m)) at 1. rewrite <- H1. ring. }
  rewrite E.
  rewrite Rabs_mult, (Rabs_pos_eq (2 ^ n)) by lra. nra.
Qed.

(** It is if it comes within w · eps of 0, 1/2 or 1 on its way. *)
Lemma bad_on_the_way w n t j h : 0 < w -> (j < n)%nat -> Rabs (residue t j - IZR h / 2) < w * eps n -> bad w n t.
Proof.
  intros W J H. pose proof (whole_part (2 ^ j * t)) as E. fold (residue t j) in E.
  apply (bad_near w n t ((2 * whole (2 ^ j * t) + h) * 2 ^ Z.of_nat (n - S j))); auto.
  pose proof (pow_2_pos j). pose proof (eps_pos n).
  assert (P : IZR (2 ^ Z.of_nat (n - S j)) * eps n * (2 * 2 ^ j) = 1).
  { rewrite <- pow_2_IZR, <- (eps_pow n). replace (2 ^ n) with (2 ^ (n - S j + S j)) by (f_equal; lia).
    rewrite pow_add. simpl. ring. }
  assert (G : t - IZR ((2 * whole (2 ^ j * t) + h) * 2 ^ Z.of_nat (n - S j)) * eps n = (residue t j - IZR h / 2) / 2
    ^ j).
  { rewrite mult_IZR, plus_IZR, mult_IZR. replace (IZR (2 ^ Z.of_nat (n - S j))) with (1 / (eps n * (2 * 2 ^ j))).
    - replace (residue t j) with (2 ^ j * t - IZR (whole (2 ^ j * t))) by lra. field. split; lra.
    - rewrite <- P. field. split; lra. }
  rewrite G. unfold Rdiv at 1. rewrite Rabs_mult, (Rabs_pos_eq (/ 2 ^ j)) by (left; apply Rinv_0_lt_compat; lra).
  assert (I : / 2 ^ j <= 1). { rewrite <- Rinv_1. apply Rinv_le_contravar; [lra|]. apply pow_R1_Rle. lra. }
  assert (0 < / 2 ^ j) by (apply Rinv_0_lt_compat; lra). pose proof (Rabs_pos (residue t j - IZR h / 2)). nra.
Qed.

Lemma bad_at_end w n t : 0 < w < 1 -> bad w n t -> residue t n <= w \/ 1 - w <= residue t n.
Proof.
  intros W [m H]. pose proof (whole_part (2 ^ n * t)) as E. fold (residue t n) in E.
    pose proof (residue_range t n) as R.
  apply Rabs_bounds in H. rewrite E in H.
  assert (D : IZR (m - whole (2 ^ n * t)) - w <= residue t n <= IZR (m - whole (2 ^ n * t)) + w) by (rewrite
    minus_IZR; lra).
  destruct (Z_le_gt_dec (m - whole (2 ^ n * t)) 0) as [L|L]; [left|right].
  - apply IZR_le in L. lra.
  - assert (1 <= m - whole (2 ^ n * t))%Z by lia. apply IZR_le in H0. lra.
Qed.

(** Away from integers: if neither residue is in [a, 1 − a],
  the difference of the numbers is within 2a of an integer. *)
Lemma near_integer a t : 0 <= a -> ~ (a <= part t <= 1 - a) -> exists m, Rabs (t - IZR m) < a.
Proof.
  intros A N. pose proof (part_range t). pose proof (whole_part t).
  destruct (Rlt_le_dec (part t) a) as [L|L].
  - exists (whole t). rewrite Rabs_pos_eq; lra.
  - exists (whole t + 1)%Z. rewrite plus_IZR. rewrite Rabs_left1; lra.
Qed.

(** * Controllers: (p, q) is the point E(t) of the loop. *)
Definition on_loop (t p q : R) : Prop :=
  (0 <= t <= 1 / 3 /\ p = 3 * t /\ q = 3 * t) \/ (1 / 3 <= t <= 2 / 3 /\ p = 1 /\ q = 2 - 3 * t) \/
  (2 / 3 <= t <= 1 /\ p = 3 - 3 * t /\ q = 0).

Lemma on_loop_0 : on_loop 0 0 0. Proof. left. lra. Qed.

Lemma Q2R_make a b : Q2R (a # b) = IZR a / IZR (Zpos b). Proof. reflexivity. Qed.
Lemma Q2R_inject a : Q2R (inject_Z a) = IZR a. Proof. unfold Q2R, inject_Z. simpl. lra. Qed.
Lemma real_2 : Q2R 2 = 2. Proof. unfold Q2R; simpl; lra. Qed.
Lemma real_3 : Q2R 3 = 3. Proof. unfold Q2R; simpl; lra. Qed.
Lemma real_minus_3 : Q2R (-3 # 1) = -3. Proof. unfold Q2R; simpl; lra. Qed.

Lemma value_scaled v q f : value v (scaled q f) = Q2R q * value v f.
Proof. unfold scaled. rewrite value_add_mul, value_const. real. lra. Qed.
Lemma value_linear v q f c : value v (linear q f c) = Q2R q * value v f + Q2R c.
Proof. unfold linear. rewrite value_add_mul, value_const. lra. Qed.

#[export] Hint Rewrite value_scaled value_linear value_add_mul value_const value_key value_minus value_opposite : form.
#[export] Hint Rewrite real_2 real_3 real_minus_3 Q2R_inject Q2R_minus Q2R_plus Q2R_mult opp_IZR plus_IZR minus_IZR
  mult_IZR : real.

Lemma third_spec v c t p q : (c < 3)%nat -> on_loop (value v t) p q -> INR c / 3 <= value v t <= (INR c + 1) / 3 ->
  p = value v (fst (on_third c t)) /\ q = value v (snd (on_third c t)).
Proof.
  intros C L H. unfold on_loop in L. destruct c as [|[|[|c]]]; [| | |lia]; simpl in *; autorewrite with form; real; lra.
Qed.

Lemma on_third_spec v c t : (c < 3)%nat -> INR c / 3 <= value v t <= (INR c + 1) / 3 ->
  on_loop (value v t) (value v (fst (on_third c t))) (value v (snd (on_third c t))).
Proof.
  intros C H. unfold on_loop. destruct c as [|[|[|c]]]; [| | |lia]; simpl in *; autorewrite with form; real; lra.
Qed.

Lemma part_of_spec k t : (0 < k)%nat -> 0 <= t < 1 -> exists c, (c < k)%nat /\ INR c / INR k <= t < (INR c + 1) / INR k.
Proof.
  intros K T. assert (P : 0 < INR k) by (apply lt_0_INR; auto).
  pose proof (archimed (t * INR k)) as [A B]. set (z := (up (t * INR k) - 1)%Z) in *.
  assert (Z0 : (0 <= z)%Z).
  { assert (0 < up (t * INR k))%Z; [|unfold z; lia]. apply lt_IZR. nra. }
  assert (Z1 : (z < Z.of_nat k)%Z).
  { apply lt_IZR. rewrite <- INR_IZR_INZ. unfold z. rewrite minus_IZR. nra. }
  exists (Z.to_nat z). assert (E : INR (Z.to_nat z) = IZR z) by (rewrite INR_IZR_INZ, Z2Nat.id; auto).
  rewrite E. split; [lia|]. unfold z. rewrite minus_IZR.
  split; [apply Rmult_le_reg_r with (INR k) | apply Rmult_lt_reg_r with (INR k)]; auto; unfold Rdiv;
    rewrite Rmult_assoc, Rinv_l by lra; lra.
Qed.

Lemma within_part_spec v k c t : (0 < k)%nat -> INR c / INR k <= value v t <= (INR c + 1) / INR k ->
  Forall (fun f => 0 <= value v f) (within_part k c t).
Proof.
  intros K H. assert (E : IZR (Zpos (Pos.of_nat k)) = INR k).
  { rewrite INR_IZR_INZ. f_equal. rewrite <- (Nat2Pos.id k) at 2 by lia. rewrite positive_nat_Z. auto. }
  unfold within_part. apply Forall_cons; [|apply Forall_cons; [|apply Forall_nil]]; autorewrite with form; real;
    rewrite Q2R_make, E; unfold number.
  - rewrite opp_IZR, <- INR_IZR_INZ. unfold Rdiv in *. lra.
  - rewrite <- INR_IZR_INZ, S_INR. lra.
Qed.
