(** The end of a family: what is read from the rows of a class, and the gates that choose among the classes. *)
From Coq Require Import ZArith QArith Qreals Reals Lra Lia List FMapPositive Bool.
From ExactRelu Require Import Statement Kernel Sound Programs Main Family Orbits Plane Runs Induction.
Import ListNotations.
Open Scope R_scope.

(** * Deficits. *)
Section Deficit.
Variable F : family.
Variable n : nat.
Hypothesis N : (1 <= n)%nat.
Variable l : list R.
Variable c : class.
Let b := final F.
Let E := eps n.
Hypothesis K : known_of b [] (l ++ [E]) (deficit_frames F c).
Hypothesis I : inputs b = S (length l).
Hypothesis O : block_ok b = true.
Hypothesis places_x : places_in (axis_places (axis_x c)) (length l).
Hypothesis places_y : places_in (axis_places (axis_y c)) (length l).
Hypothesis place : up_to_place (length (outputs b)) (deficit c) = true.
Variables t u : R.
Hypothesis T : 0 <= t < 1.
Hypothesis U : 0 <= u < 1.
Hypothesis at_t : on_loop t (entry 0 l (loop_p (axis_x c))) (entry 0 l (loop_q (axis_x c))).
Hypothesis at_u : on_loop u (entry 0 l (loop_p (axis_y c))) (entry 0 l (loop_q (axis_y c))).

Lemma deficit_spec : let D := entry 0 (apply b (l ++ [E])) (deficit c) in
  let w := Q2R (width F) in let a := Q2R (arc F) in
  0 <= D /\ (t <= w \/ 1 - w <= t \/ u <= w \/ 1 - w <= u -> 1 <= D) /\
  (a <= t <= 1 - a -> a <= u <= 1 - a -> D = 0).
Proof.
  cbv zeta. destruct (K (fun k => if Pos.eqb k (ghost b) then t else u)) as (v & H & V & G & _).
  destruct (stage_values n N b l v I O V) as (_ & IN & OUT). rewrite OUT by auto.
  assert (VT : v (ghost b) = t).
  { rewrite G by (simpl; unfold ghost; lia). rewrite Pos.eqb_refl. auto. }
  assert (VU : v (Pos.succ (ghost b)) = u).
  { rewrite G by (simpl; unfold ghost; lia). destruct (Pos.eqb_spec (Pos.succ (ghost b)) (ghost b)); auto. lia. }
  assert (I3 : INR 3 = 3) by (simpl; lra).
  destruct (part_of_spec 3 t ltac:(lia) T) as (i & Ci & Ri).
  destruct (part_of_spec 3 u ltac:(lia) U) as (j & Cj & Rj).
  assert (W1 : Forall (fun f => 0 <= value v f) (within_part 3 i (key (ghost b)))).
  { apply within_part_spec; [lia|]. rewrite value_key, VT. lra. }
  assert (W2 : Forall (fun f => 0 <= value v f) (within_part 3 j (key (Pos.succ (ghost b))))).
  { apply within_part_spec; [lia|]. rewrite value_key, VU. lra. }
  unfold deficit_frames in H. fold b in H.
  rewrite Forall_flat_map, Forall_forall in H. specialize (H i). rewrite in_seq in H. specialize (H ltac:(lia)).
  rewrite Forall_flat_map, Forall_forall in H. specialize (H j). rewrite in_seq in H. specialize (H ltac:(lia)).
  destruct (third_spec v i (key (ghost b)) _ _ Ci ltac:(rewrite value_key, VT; exact at_t)) as [A1 A2];
    [rewrite value_key, VT, <- I3; lra|].
  destruct (third_spec v j (key (Pos.succ (ghost b))) _ _ Cj ltac:(rewrite value_key, VU; exact at_u)) as [B1 B2];
    [rewrite value_key, VU, <- I3; lra|].
  destruct (on_third i (key (ghost b))) as [p q]. destruct (on_third j (key (Pos.succ (ghost b)))) as [p' q'].
  cbn [fst snd] in *. cbv zeta in H. set (known := [_; _; _; _]) in H.
  assert (KN : Forall (fun t => v (fst t) = value v (snd t)) known).
  { unfold known. repeat (apply Forall_cons; [cbn [fst snd]; rewrite IN by (solve [apply places_x; simpl;
    auto | apply places_y; simpl; auto]); auto|]).
    constructor. }
  apply Forall_cons_iff in H as [H1 H]. apply Forall_cons_iff in H as [H2 H3].
  assert (TH : Forall (fun f => 0 <= value v f) (within_part 3 i (key (ghost b)) ++ within_part 3 j (key (Pos.succ
    (ghost b))))).
  { apply Forall_app. auto. }
  split; [|split].
  - apply frame_of_spec in H1; auto. simpl in H1. rewrite value_key in H1. auto.
  - intros C. rewrite Forall_map in H3. cbn [flat_map app] in H3.
    apply Forall_cons_iff in H3 as [S1 H3]. apply Forall_cons_iff in H3 as [S2 H3].
      apply Forall_cons_iff in H3 as [S3 H3].
    apply Forall_inv in H3 as S4.
    assert (FIN : forall f, 0 <= value v f -> frame_holds v (frame_of known (f :: within_part 3 i (key (ghost b)) ++
      within_part 3 j (key (Pos.succ (ghost b))))
      (Nonneg (minus (key (output_at b (deficit c))) (const 1)))) -> 1 <= v (output_at b (deficit c))).
    { intros f Q S. apply frame_of_spec in S; auto. simpl in S. autorewrite with form in S. real. lra. }
    destruct C as [C|[C|[C|C]]]; [eapply FIN, S1|eapply FIN, S2|eapply FIN, S3|eapply FIN, S4];
      autorewrite with form; rewrite ?VT, ?VU; real; lra.
  - intros C1 C2. apply frame_of_spec in H2; auto.
    + simpl in H2. rewrite H2, value_const, real_0. auto.
    + apply Forall_app. split; [|apply Forall_app; split; auto];
        (constructor; [|constructor; [|constructor]]; autorewrite with form; rewrite ?VT, ?VU; real; lra).
Qed.
End Deficit.

(** * The reading of a class. *)
Lemma weighted_times v c l : weighted (fun k => c * v k) l = c * weighted v l.
Proof. induction l as [|[k q] l IH]; simpl; [lra|]. rewrite IH. lra. Qed.

Lemma find_two (f h : form) : form_of (M.add 1%positive f (M.add 2%positive h (M.empty _))) 1 = f /\
  form_of (M.add 1%positive f (M.add 2%positive h (M.empty _))) 2 = h.
Proof. split; reflexivity. Qed.

Lemma at_row_value v a f u t : keys_up_to 2 f = true -> v (pu_at a) = u * v (p_at a) -> v (pv_at a) = t * v (p_at a) ->
  value v (at_row a f) = v (p_at a) * value (point u t) f.
Proof.
  intros K HU HT. unfold at_row. rewrite (value_expand_located 2 _ _ (fun k => v (p_at a) * point u t k)).
  - rewrite weighted_times, value_scaled, value_key. unfold value. lra.
  - intros k q J. eapply keys_spec; eauto.
  - intros k J. destruct (find_two (key (pu_at a)) (key (pv_at a))) as [F1 F2].
    apply up_to_2 in J as [->| ->]; rewrite ?F1, ?F2, value_key; simpl; lra.
Qed.

(** The seed at a point that is at (u, t) in the cell of a class. *)
Definition in_class (g : vector -> vector) (s : Q) (x y : R) : R := plane g (x - Q2R s) (y - Q2R s).

Section Seed.
Variable g : vector -> vector.
Hypothesis Hg : local 2 g.
Definition seed_values (z : vector) : vector := run_all seed_rows g (first 2) seed_program z.

Lemma seed_values_spec x y : seed_values (point x y) 1%positive = x /\ seed_values (point x y) 2%positive = y /\
  seed_values (point x y) 3%positive = plane g x y.
Proof.
  split; [reflexivity|split; [reflexivity|]]. unfold seed_values. simpl. rewrite set_same. unfold plane. apply Hg.
  intros a U. apply up_to_2 in U as [->| ->]; unfold moved, dot, entry; simpl; real; lra.
Qed.

Definition at_cell (s : Q) (a : state) (u t : R) : vector :=
  seed_values (point (IZR (fst a) + u - Q2R s) (IZR (snd a) + t - Q2R s)).

Lemma from_cell_value s a u t f : keys_up_to 2 f = true ->
  value (at_cell s a u t) (from_cell s a f) = value (point u t) f.
Proof.
  intros K. unfold from_cell. apply (value_at_point 2); auto. intros k J.
  destruct (find_two (linear 1 (key 1) (s - inject_Z (fst a))) (linear 1 (key 2) (s - inject_Z (snd a)))) as [F1 F2].
  destruct (seed_values_spec (IZR (fst a) + u - Q2R s) (IZR (snd a) + t - Q2R s)) as (S1 & S2 & _).
  apply up_to_2 in J as [->| ->]; rewrite ?F1, ?F2; autorewrite with form; unfold at_cell; rewrite ?S1, ?S2; real;
    simpl; lra.
Qed.

Lemma at_cell_seed s a u t : at_cell s a u t 3%positive = in_class g s (IZR (fst a) + u) (IZR (snd a) + t).
Proof. unfold at_cell, in_class. apply seed_values_spec. Qed.

Lemma in_square_keys : forallb (keys_up_to 2) in_square = true. Proof. reflexivity. Qed.
Lemma in_square_spec u t : 0 <= u <= 1 -> 0 <= t <= 1 -> Forall (fun f => 0 <= value (point u t) f) in_square.
Proof.
  intros HU HT. unfold in_square. repeat (apply Forall_cons; [autorewrite with form; real; simpl; lra|]). constructor.
Qed.

Lemma from_cell_facts s a u t facts : forallb (keys_up_to 2) facts = true ->
  Forall (fun f => 0 <= value (point u t) f) facts ->
  Forall (fun f => 0 <= value (at_cell s a u t) f) (map (from_cell s a) facts).
Proof.
  intros K H. rewrite Forall_map, Forall_forall in *. rewrite forallb_forall in K. intros f J.
  rewrite from_cell_value by auto. auto.
Qed.

Lemma keys_opposite d f : keys_up_to d f = true -> keys_up_to d (opposite f) = true.
Proof.
  intros K. unfold keys_up_to. apply forallb_forall. intros x J. apply Nat.leb_le.
  eapply (keys_plus d (-1 # 1) (snd f) []); eauto; [|intros y []]. intros [k q] L. eapply keys_spec; eauto.
Qed.

Section Reading.
Variable F : family.
Variable c : class.
Variable v : vector.
Variables u t most : R.
Hypothesis HU : 0 <= u <= 1.
Hypothesis HT : 0 <= t <= 1.
Hypothesis OK : rows_at v (finals c) u t most.
Hypothesis seeds : forall z, Forall (frame_holds (seed_values z)) (seed_reading c in_square (read c)).
Hypothesis K : Forall (frame_holds v) (reading_frames c in_square (read c)).
Hypothesis leaves : leaves_ok (length (finals c)) (read c) = true.

Lemma read_form_value l affine : length affine = length l -> forallb (keys_up_to 2) affine = true ->
  rows_at v l u t most ->
  (forall a f, In (a, f) (combine l affine) ->
     value (point u t) f = in_class g (shift c) (IZR (fst (cell a)) + u) (IZR (snd (cell a)) + t)) ->
  value v (read_form l affine) = reads v l (in_class g (shift c)) u t.
Proof.
  revert affine. induction l as [|a l IH]; intros [|f affine] L KS R S; simpl in *; try discriminate.
  - rewrite value_const, real_0. auto.
  - bools. unfold reads in *. simpl. rewrite value_add_mul, IH; auto.
    + destruct (R a) as (_ & R2 & R3); [left; auto|]. rewrite (at_row_value v a f u t) by auto. rewrite (S a f) by auto.
      rewrite Q2R_inject. lra.
    + intros a' A'. apply R. right. auto.
Qed.

Lemma reading_spec : v (value_at_end c) = reads v (finals c) (in_class g (shift c)) u t.
Proof.
  revert seeds K leaves. generalize in_square_keys (in_square_spec u t HU HT). generalize in_square as facts.
  induction (read c) as [affine|f r IH r' IH']; intros facts KF FA SE KR LE; simpl in *.
  - bools. apply Nat.eqb_eq in H. apply Forall_inv in KR. apply frame_of_spec in KR; [|constructor|].
    + simpl in KR. rewrite KR. apply read_form_value; auto.
      intros a h J. specialize (SE (point (IZR (fst (cell a)) + u - Q2R (shift c)) (IZR (snd (cell a)) + t - Q2R
        (shift c)))).
      rewrite Forall_map, Forall_forall in SE. specialize (SE _ J). simpl in SE.
      apply frame_of_spec in SE; [|constructor|apply from_cell_facts; auto].
      cbn [holds] in SE. fold (at_cell (shift c) (cell a) u t) in SE. rewrite at_cell_seed in SE. rewrite SE.
      symmetry. apply from_cell_value. rewrite forallb_forall in H0. apply H0. eapply in_combine_r; eauto.
    + rewrite Forall_flat_map, Forall_forall. intros a A. destruct (OK a A) as (P1 & P2 & P3). constructor.
      * rewrite value_key. lra.
      * rewrite Forall_map, Forall_forall in *. rewrite forallb_forall in KF. intros h J.
        rewrite (at_row_value v a h u t) by auto. apply Rmult_le_pos; [lra|auto].
  - bools. apply Forall_app in KR as [K1 K2].
    assert (S1 : forall z, Forall (frame_holds (seed_values z)) (seed_reading c (opposite f :: facts) r) /\
                           Forall (frame_holds (seed_values z)) (seed_reading c (f :: facts) r')).
    { intros z. specialize (SE z). apply Forall_app in SE. auto. }
    destruct (Rle_dec 0 (value (point u t) f)) as [L|L].
    + apply (IH' (f :: facts)); auto; [simpl; rewrite H, KF; auto|intros z; apply S1].
    + apply (IH (opposite f :: facts)); auto.
      * simpl. rewrite keys_opposite, KF; auto.
      * constructor; auto. rewrite value_opposite. lra.
      * intros z. apply S1.
Qed.
End Reading.

(** Cells on which no state is read, and all that is outside of the window. *)
Lemma silent_spec F c a : (forall z, Forall (frame_holds (seed_values z)) (seed_frames F)) -> In c (classes F) ->
  window_ok F c = true -> ~ In a (map cell (finals c)) -> silent_on (in_class g (shift c)) a.
Proof.
  intros S C W N u t HU HT. unfold window_ok in W. bools. unfold axis_ok in *. bools.
  repeat match goal with
  | L : Z.leb _ _ = true |- _ => apply Z.leb_le in L
  | L : Qle_bool _ _ = true |- _ => apply at_most_real in L
  end. real.
  rewrite <- at_cell_seed. set (z := point (IZR (fst a) + u - Q2R (shift c)) (IZR (snd a) + t - Q2R (shift c))).
  assert (Z : seed_values z 1%positive = IZR (fst a) + u - Q2R (shift c) /\
    seed_values z 2%positive = IZR (snd a) + t - Q2R (shift c))
    by (split; apply seed_values_spec). destruct Z as [Z1 Z2].
  destruct (here (window c) (fst a) (snd a)) eqn:I; [apply here_spec in I | assert (O : ~ In a (window c))].
  - assert (J : In (frame_of [] (map (from_cell (shift c) a) in_square) (Same 3 (const 0))) (seed_frames F)).
    { unfold seed_frames. apply in_or_app. right. apply in_flat_map. exists c. split; auto. apply in_or_app. right.
      unfold silent. apply in_map_iff. exists a. split; auto. apply filter_In. split; [destruct a; auto|].
        apply negb_true_iff.
      destruct (here (map cell (finals c)) (fst a) (snd a)) eqn:Q; auto. exfalso. apply N. apply here_spec in Q.
      destruct a; auto. }
    apply (in_frames _ _ _ (S z)), frame_of_spec in J; [|constructor|apply from_cell_facts;
      auto using in_square_keys, in_square_spec].
    simpl in J. unfold at_cell. fold z. rewrite J, value_const, real_0. auto.
  - intros J. destruct a as [i j]. apply here_spec in J. simpl in I. congruence.
  - assert (Q : IZR (fst a) + 1 <= IZR (low (axis_x c)) \/ IZR (high (axis_x c)) <= IZR (fst a) \/
                IZR (snd a) + 1 <= IZR (low (axis_y c)) \/ IZR (high (axis_y c)) <= IZR (snd a)).
    { destruct (Z_lt_le_dec (fst a) (low (axis_x c))) as [L|L]; [left; rewrite <- plus_IZR; apply IZR_le; lia|].
      destruct (Z_lt_le_dec (fst a) (high (axis_x c))) as [L'|L']; [|right; left; apply IZR_le; lia].
      destruct (Z_lt_le_dec (snd a) (low (axis_y c))) as [M|M]; [right; right; left; rewrite <- plus_IZR;
        apply IZR_le; lia|].
      destruct (Z_lt_le_dec (snd a) (high (axis_y c))) as [M'|M']; [|right; right; right; apply IZR_le; lia].
      exfalso. apply O. unfold window. destruct a as [i j]. apply in_prod; apply range_in; simpl in *; lia. }
    assert (FIN : forall f, In f [linear (-1 # 1) (key 1) (inject_Z (fst (low_corner F)));
      linear 1 (key 1) (inject_Z (- fst (high_corner F)));
        linear (-1 # 1) (key 2) (inject_Z (snd (low_corner F))); linear 1 (key 2) (inject_Z (- snd (high_corner F)))] ->
        0 <= value (seed_values z) f -> at_cell (shift c) a u t 3%positive = 0).
    { intros f J V. assert (G : In (frame_of [] [f] (Same 3 (const 0))) (seed_frames F)).
      { unfold seed_frames. apply in_or_app. left. apply (in_map (fun f => frame_of [] [f] (Same 3 (const 0)))). auto. }
      apply (in_frames _ _ _ (S z)), frame_of_spec in G; auto. simpl in G. unfold at_cell. fold z.
      rewrite G, value_const, real_0. auto. }
    repeat match goal with L : (_ <= _)%Z |- _ => apply IZR_le in L end.
    destruct Q as [Q|[Q|[Q|Q]]];
      [eapply FIN; [left; reflexivity|] | eapply FIN; [right; left; reflexivity|]
       | eapply FIN; [right; right; left; reflexivity|] | eapply FIN; [right; right; right; left; reflexivity|]];
      autorewrite with form; rewrite ?Z1, ?Z2; real; lra.
Qed.

(** g vanishes outside of the box. *)
Lemma box_spec F : (forall z, Forall (frame_holds (seed_values z)) (seed_frames F)) ->
  zero_outside (IZR (fst (low_corner F))) (IZR (fst (high_corner F))) (IZR (snd (low_corner F))) (IZR (snd
    (high_corner F))) (plane g).
Proof.
  intros S x y Q. destruct (seed_values_spec x y) as (Z1 & Z2 & Z3). rewrite <- Z3.
  assert (FIN : forall f, In f [linear (-1 # 1) (key 1) (inject_Z (fst (low_corner F)));
    linear 1 (key 1) (inject_Z (- fst (high_corner F)));
      linear (-1 # 1) (key 2) (inject_Z (snd (low_corner F))); linear 1 (key 2) (inject_Z (- snd (high_corner F)))] ->
      0 <= value (seed_values (point x y)) f -> seed_values (point x y) 3%positive = 0).
  { intros f J V. assert (G : In (frame_of [] [f] (Same 3 (const 0))) (seed_frames F)).
    { unfold seed_frames. apply in_or_app. left. apply (in_map (fun f => frame_of [] [f] (Same 3 (const 0)))). auto. }
    apply (in_frames _ _ _ (S (point x y))), frame_of_spec in G; auto. simpl in G. rewrite G, value_const, real_0.
      auto. }
  destruct Q as [Q|[Q|[Q|Q]]];
    [eapply FIN; [left; reflexivity|] | eapply FIN; [right; left; reflexivity|]
     | eapply FIN; [right; right; left; reflexivity|] | eapply FIN; [right; right; right; left; reflexivity|]];
    autorewrite with form; rewrite ?Z1, ?Z2; real; lra.
Qed.
End Seed.
