(** Induction over the stages of a family: what is handed on in one class. *)
From Coq Require Import ZArith QArith Qreals Reals Lra Lia List FMapPositive Bool.
From ExactRelu Require Import Statement Kernel Sound Programs Main Family Orbits Plane Runs.
Import ListNotations.
Open Scope R_scope.

(** * Parameters. *)
Lemma at_most_real a b : Qle_bool a b = true -> Q2R a <= Q2R b.
Proof. intros H. apply Qle_Rle, Qle_bool_imp_le, H. Qed.
Lemma less_real a b : negb (Qle_bool a b) = true -> Q2R b < Q2R a.
Proof.
  intros H. apply Qlt_Rlt. apply Qnot_le_lt. intros L. apply Qle_bool_iff in L. rewrite L in H. discriminate.
Qed.

Record sound_parameters (F : family) : Prop := {
  width_range : 0 < Q2R (width F) < 1; bound_range : 1 <= Q2R (bound F); growth_range : 0 <= Q2R (growth F);
  limit_range : 0 <= Q2R (limit F); top_range : 0 < Q2R (top F); ratio_range : 0 < Q2R (ratio F);
  top_width : 2 * Q2R (top F) <= Q2R (width F); bound_ratio : 2 * Q2R (bound F) * Q2R (ratio F) <= 1;
  growth_ratio : Q2R (growth F) * Q2R (ratio F) <= 1 }.

Lemma parameters_spec F : parameters_ok F = true -> sound_parameters F.
Proof.
  unfold parameters_ok. intros H. bools.
  repeat match goal with
  | L : Qle_bool _ _ = true |- _ => apply at_most_real in L
  | L : negb _ = true |- _ => apply less_real in L
  end. real. constructor; lra.
Qed.

Section Parameters.
Variable F : family.
Hypothesis P : sound_parameters F.
Variable n : nat.

Lemma eta_pos : 0 < eta F n.
Proof. destruct P. unfold eta. apply Rmult_lt_0_compat; auto. apply pow_lt; auto. Qed.

Lemma pow_at_most a : 0 <= a -> a * Q2R (ratio F) <= 1 -> a ^ n * Q2R (ratio F) ^ n <= 1.
Proof.
  intros A L. destruct P. rewrite <- Rpow_mult_distr, <- (pow1 n). apply pow_incr. nra.
Qed.

(** Before the last step, rows are small enough for the gates of a stage; at the end, for those of [closing]. *)
Lemma step_bound j : (j < n)%nat ->
  2 * Q2R (bound F) * (eta F n * Q2R (bound F) ^ j) <= Q2R (width F) * eps n.
Proof.
  intros J. pose proof P as []. set (B := Q2R (bound F)) in *. set (r := Q2R (ratio F)) in *.
    set (c := Q2R (top F)) in *.
  assert (A : B ^ S j <= B ^ n) by (apply Rle_pow; [lra|lia]).
  pose proof (pow_at_most (2 * B)) as L. fold r in L. specialize (L ltac:(lra) ltac:(lra)).
    rewrite Rpow_mult_distr in L.
  pose proof (eps_pow n) as E. pose proof (eps_pos n). pose proof (pow_2_pos n). unfold eta. fold c r.
  assert (0 < r ^ n) by (apply pow_lt; lra). assert (0 < B ^ n) by (apply pow_lt; lra).
  assert (M : B ^ n * r ^ n <= eps n).
  { apply Rmult_le_reg_l with (2 ^ n); auto. rewrite E. lra. }
  replace (2 * B * (c * r ^ n * B ^ j)) with (2 * c * (B ^ S j * r ^ n)) by (simpl; ring).
  apply Rle_trans with (2 * c * eps n).
  - apply Rmult_le_compat_l; [lra|]. apply Rle_trans with (B ^ n * r ^ n); auto. apply Rmult_le_compat_r; lra.
  - apply Rmult_le_compat_r; lra.
Qed.

Lemma eta_width : (1 <= n)%nat -> 2 * eta F n <= Q2R (width F) * eps n.
Proof.
  intros N. pose proof (step_bound 0 ltac:(lia)) as H. destruct P. pose proof eta_pos. simpl in H. nra.
Qed.

Lemma close_bound : Q2R (limit F) * (eta F n * Q2R (growth F) ^ n) <= Q2R (limit F) * Q2R (top F).
Proof.
  pose proof P as []. pose proof (pow_at_most _ growth_range0 growth_ratio0) as L. unfold eta.
  assert (0 <= Q2R (growth F) ^ n * Q2R (ratio F) ^ n) by (apply Rmult_le_pos; apply pow_le; lra).
  replace (Q2R (limit F) * (Q2R (top F) * Q2R (ratio F) ^ n * Q2R (growth F) ^ n))
    with (Q2R (limit F) * Q2R (top F) * (Q2R (growth F) ^ n * Q2R (ratio F) ^ n)) by ring.
  assert (0 <= Q2R (limit F) * Q2R (top F)) by (apply Rmult_le_pos; lra). nra.
Qed.
End Parameters.

(** * What is known of a program that is fed with a list of values: its frames hold,
  whatever is put behind its nodes. *)
Definition known_of (b : block) (more : list node) (l : list R) (frames : list frame) : Prop :=
  forall w, exists v, Forall (frame_holds v) frames /\
    (forall k, (k < last_key b)%positive -> v k = run_block b (feed l) k) /\
    (forall k, (after (last_key b) more <= k)%positive -> v k = w k) /\
    v = run_all [] quiet (last_key b) more (run_all [] quiet (first (inputs b)) (body b)
          (fun k => if Pos.ltb k (first (inputs b)) then feed l k else w k)).

Lemma known_incl b more l frames frames' : known_of b more l frames -> incl frames' frames -> known_of b more l frames'.
Proof.
  intros H I w. destruct (H w) as (v & A & R). exists v. split; auto. rewrite Forall_forall in *. auto.
Qed.

Lemma input_before b k : up_to_place (inputs b) k = true -> (k < last_key b)%positive.
Proof.
  unfold up_to_place. intros H. apply Nat.leb_le, (first_spec (inputs b)) in H.
  pose proof (after_le (body b) (first (inputs b))). unfold last_key. lia.
Qed.

Lemma product_at_0 F : product_at F 0 = last_key (opening F).
Proof. unfold product_at. rewrite Nat.add_0_r. apply Pos2Nat.id. Qed.
Lemma product_at_S F k : product_at F (S k) = Pos.succ (product_at F k).
Proof. unfold product_at. pose proof (Pos2Nat.is_pos (last_key (opening F))). apply Pos2Nat.inj.
  rewrite Pos2Nat.inj_succ, !Nat2Pos.id; lia. Qed.
Lemma opening_ghost_spec F : opening_ghost F = after (last_key (opening F)) opening_products.
Proof. unfold opening_ghost. rewrite !product_at_S, product_at_0. reflexivity. Qed.

Lemma residue_0 k : residue 0 k = 0.
Proof. unfold residue. rewrite Rmult_0_r. apply part_0. Qed.

Lemma bad_0 w n : 0 < w -> bad w n 0.
Proof. intros W. exists 0%Z. rewrite Rmult_0_r, Rminus_0_r, Rabs_R0. lra. Qed.

Definition start_of (a : axis) (t : R) : R := if mem (running a) (whole t) then t else 0.

Section Class.
Variable F : family.
Variable n : nat.
Hypothesis N : (1 <= n)%nat.
Hypothesis P : sound_parameters F.
Let W := Q2R (width F).
Let E := eps n.

(** * One coordinate. *)
Definition follows (t : R) (j : nat) (l : list R) (a : axis) : Prop :=
  on_loop (residue t (S j)) (entry 0 l (loop_p a)) (entry 0 l (loop_q a)) /\
  0 <= entry 0 l (digit a) <= W * E /\
  (~ bad W n t -> entry 0 l (digit a) = IZR (digit_of (residue t j)) * (W * E)).

Lemma W_pos : 0 < W. Proof. destruct P. unfold W. lra. Qed.

Definition places_in (l : list positive) (k : nat) : Prop := forall p, In p l -> up_to_place k p = true.

Lemma opening_axis_follows k s a x y z :
  known_of (opening F) opening_products [x; y; E; eta F n] (opening_axis F k s a) ->
  inputs (opening F) = 4%nat -> block_ok (opening F) = true ->
  places_in (axis_places a) (length (outputs (opening F))) ->
  (k = 1%positive /\ z = x) \/ (k = 2%positive /\ z = y) ->
  follows (start_of a (z + Q2R s * E)) 0 (handed_on F n 0 x y) a.
Proof.
  intros K I O PL KZ. set (X := z + Q2R s * E). simpl handed_on. fold E.
  destruct (K (fun _ => part X)) as (v & H & V & G & _). unfold opening_axis in H.
  assert (IN : forall p, (p <= 4)%positive -> v p = entry 0 [x; y; E; eta F n] p).
  { intros p Q. assert (up_to_place (inputs (opening F)) p = true) by (rewrite I; apply Nat.leb_le; lia).
    rewrite V by (apply input_before; auto). apply feed_input; auto. }
  assert (VK : v k = z) by (destruct KZ as [[-> ->]|[-> ->]]; rewrite IN by lia; reflexivity).
  assert (VE : v eps_in = E) by (rewrite IN by (unfold eps_in; lia); reflexivity).
  assert (VX : value v (moved_coordinate k s) = X).
  { unfold moved_coordinate. autorewrite with form. rewrite VK, VE. unfold X. lra. }
  assert (OUT : forall p, In p (axis_places a) -> entry 0 (apply (opening F) [x; y; E;
    eta F n]) p = v (output_at (opening F) p)).
  { intros p Q. rewrite apply_entry by auto. symmetry. apply V, output_before; auto. }
  unfold follows. rewrite !OUT by (simpl; auto).
  apply Forall_app in H as [H1 H2]. unfold start_of.
  destruct (mem (running a) (whole X)) eqn:M.
  - apply mem_in in M. rewrite Forall_flat_map, Forall_forall in H1. specialize (H1 _ M).
    assert (T : value v (key (opening_ghost F)) = part X).
    { autorewrite with form. apply G. rewrite opening_ghost_spec. apply Pos.le_refl. }
    apply orbit_spec in H1; [|rewrite T; apply part_range|apply (small_spec v eps_in n); auto|].
    2:{ intros c _ _. constructor; [|constructor]. cbn [fst snd]. autorewrite with form. real. rewrite VK, VE.
        fold (opening_ghost F). rewrite value_key in T. rewrite T. unfold part, X. lra. }
    cbv zeta in H1. rewrite T, (delta_value F v eps_in n VE) in H1. fold W E in H1.
    assert (R0 : part X = residue X 0) by (unfold residue; simpl; f_equal; lra).
    rewrite R0 in H1. rewrite residue_next. destruct H1 as (A & B & C). repeat split; try tauto; auto; try lra.
    intros NB. apply C. intros h Q. apply NB. apply (bad_on_the_way W n X 0 h); auto using W_pos.
  - set (still := all_of _) in H2.
    assert (ST : holds v still -> follows 0 0 (apply (opening F) [x; y; E; eta F n]) a).
    { intros S. pose proof (all_in _ _ (Same (output_at (opening F) (loop_p a)) (const 0)) S ltac:(simpl; auto)) as S1.
      pose proof (all_in _ _ (Same (output_at (opening F) (loop_q a)) (const 0)) S ltac:(simpl; auto)) as S2.
      simpl in S1, S2. rewrite value_const, real_0 in S1, S2.
      pose proof (between_spec v _ _ _ S (incl_appr _ (incl_refl _))) as S3.
        rewrite (delta_value F v eps_in n VE) in S3.
      unfold follows. rewrite !OUT by (simpl; auto). rewrite S1, S2, residue_0. split; [apply on_loop_0|]. split; auto.
      intros NB. exfalso. apply NB, bad_0, W_pos. }
    enough (Q : follows 0 0 (apply (opening F) [x; y; E; eta F n]) a).
    { unfold follows in Q. rewrite !OUT in Q by (simpl; auto). exact Q. }
    apply ST. pose proof (whole_part X) as XP. pose proof (part_range X) as XR. clear ST.
    apply Forall_cons_iff in H2 as [H2 H3]. apply Forall_cons_iff in H3 as [H3 H4].
    destruct (Z_lt_le_dec (whole X) (low a)) as [L|L].
    + apply frame_of_spec in H2; auto. constructor; [|apply (small_spec v eps_in n); auto].
      autorewrite with form. rewrite VX. real. assert (whole X + 1 <= low a)%Z by lia. apply IZR_le in H.
        rewrite plus_IZR in H. lra.
    + destruct (Z_lt_le_dec (whole X) (high a)) as [U|U].
      * rewrite Forall_map, Forall_forall in H4. specialize (H4 (whole X)). rewrite filter_In, range_in, M in H4.
        specialize (H4 ltac:(auto)). apply frame_of_spec in H4; auto.
        constructor; [|constructor; [|apply (small_spec v eps_in n); auto]]; autorewrite with form; rewrite VX; real;
          lra.
      * apply frame_of_spec in H3; auto. constructor; [|apply (small_spec v eps_in n); auto].
        autorewrite with form. rewrite VX. real. apply IZR_le in U. lra.
Qed.

Lemma stage_values b l v : inputs b = S (length l) -> block_ok b = true ->
  (forall k, (k < last_key b)%positive -> v k = run_block b (feed (l ++ [E])) k) ->
  v (eps_at b) = E /\ (forall k, up_to_place (length l) k = true -> v k = entry 0 l k) /\
  (forall k, up_to_place (length (outputs b)) k = true -> entry 0 (apply b (l ++ [E])) k = v (output_at b k)).
Proof.
  intros I O V. split; [|split].
  - unfold eps_at. rewrite I. assert (U : up_to_place (inputs b) (Pos.of_nat (S (length l))) = true).
    { unfold up_to_place. apply Nat.leb_le. rewrite I, Nat2Pos.id; lia. }
    rewrite V by (apply input_before; auto). rewrite feed_input by auto. apply entry_last.
  - intros p Q. assert (U : up_to_place (inputs b) p = true).
    { unfold up_to_place in *. apply Nat.leb_le in Q. apply Nat.leb_le. lia. }
    rewrite V by (apply input_before; auto). rewrite feed_input by auto. apply entry_app. auto.
  - intros p Q. rewrite apply_entry by auto. symmetry. apply V, output_before; auto.
Qed.

Lemma stage_axis_follows t j l a :
  known_of (stage F) [] (l ++ [E]) (stage_axis F a) ->
  inputs (stage F) = S (length l) -> block_ok (stage F) = true -> length (outputs (stage F)) = length l ->
  places_in (axis_places a) (length l) -> (S j < n)%nat ->
  follows t j l a -> follows t (S j) (apply (stage F) (l ++ [E])) a.
Proof.
  intros K I O LEN PL J (A & _ & _).
  destruct (K (fun _ => residue t (S j))) as (v & H & V & G & _).
  destruct (stage_values _ l v I O V) as (VE & IN & OUT). rewrite LEN in OUT. unfold stage_axis in H.
  assert (T : value v (key (ghost (stage F))) = residue t (S j)) by (autorewrite with form; apply G; simpl;
    unfold ghost; lia).
  apply orbit_spec in H; [|rewrite T; apply residue_range|apply (small_spec v _ n); auto|].
  - cbv zeta in H. rewrite T, (delta_value F v _ n VE) in H. fold W E in H.
    unfold follows. rewrite !OUT by (apply PL; simpl; auto). rewrite (residue_next t (S j)). destruct H as (B & C & D).
    repeat split; try tauto; try lra. intros NB. apply D. intros h Q. apply NB.
      apply (bad_on_the_way W n t (S j) h); auto using W_pos.
  - intros c C R. destruct (on_third (Nat.div c 2) (key (ghost (stage F)))) as [p q] eqn:E3.
    rewrite <- T in A.
    assert (D3 : (Nat.div c 2 < 3)%nat) by (apply Nat.div_lt_upper_bound; lia).
    destruct (third_spec v (Nat.div c 2) (key (ghost (stage F))) _ _ D3 A) as [A1 A2].
    { rewrite T in *. set (r := residue t (S j)) in *. clearbody r. clear - C R.
      destruct c as [|[|[|[|[|[|c]]]]]]; [| | | | | |lia]; cbn in *; lra. }
    rewrite E3 in A1, A2. simpl in A1, A2.
    constructor; [|constructor; [|constructor]]; cbn [fst snd]; rewrite IN by (apply PL; simpl; auto); auto.
Qed.

(** * A step of the rows of a class. *)
Section Rows.
Variable m : stencil.
Variable b : block.
Variables old new : list row.
Variable c : class.
Variable l : list R.
Hypothesis K : known_of b [] (l ++ [E]) (step_frames F m b old new c).
Hypothesis I : inputs b = S (length l).
Hypothesis O : block_ok b = true.
Hypothesis old_places : places_in (flat_map entries old) (length l).
Hypothesis digit_places : places_in [digit (axis_x c); digit (axis_y c)] (length l).
Hypothesis new_places : places_in (flat_map entries new) (length (outputs b)).
Let l' := apply b (l ++ [E]).

Definition bounded (l : list R) (rows_ : list row) (most : R) : Prop :=
  forall k, In k (flat_map entries rows_) -> 0 <= entry 0 l k <= most.

Lemma entries_in a k rows_ : In a rows_ -> In k (entries a) -> In k (flat_map entries rows_).
Proof. intros. apply in_flat_map. eauto. Qed.

Lemma step_bounded most : 0 <= most -> bounded l old most ->
  0 <= entry 0 l (digit (axis_x c)) <= W * E -> 0 <= entry 0 l (digit (axis_y c)) <= W * E ->
  bounded l' new (Q2R (growth F) * most).
Proof.
  intros M B DX DY k KN. destruct (K (fun _ => most)) as (v & H & V & G & _).
  destruct (stage_values b l v I O V) as (VE & IN & OUT). unfold step_frames in H.
  apply Forall_app in H as [_ H]. apply Forall_inv in H. unfold growth_frame in H.
  assert (VG : v (ghost b) = most) by (apply G; simpl; unfold ghost; lia).
  apply frame_of_spec in H; [|constructor|].
  - unfold l'. rewrite OUT by auto. pose proof (between_spec v (output_at b k) (scaled (growth F) (key (ghost b))) _
    H) as Q.
    autorewrite with form in Q. rewrite VG in Q. apply Q.
    intros f J. apply in_flat_map. eauto.
  - assert (BELOW : forall k high, 0 <= v k <= value v high -> Forall (fun f => 0 <= value v f) [key k;
    minus high (key k)]).
    { intros j high J. constructor; [|constructor; [|constructor]]; autorewrite with form; lra. }
    apply Forall_app. split; [apply (small_spec v _ n); auto|]. apply Forall_app. split.
    + rewrite Forall_flat_map. constructor; [|constructor; [|constructor]]; apply BELOW;
        rewrite (delta_value F v _ n VE), IN by (apply digit_places; simpl; auto); auto.
    + constructor; [autorewrite with form; lra|]. rewrite Forall_flat_map, Forall_forall. intros j J. apply BELOW.
      rewrite value_key, VG, IN by auto. auto.
Qed.

Variables q1 q2 : Z.
Variables u v most : R.
Hypothesis digits_01 : In (q1, q2) digits.
Hypothesis at_x : entry 0 l (digit (axis_x c)) = IZR q1 * (W * E).
Hypothesis at_y : entry 0 l (digit (axis_y c)) = IZR q2 * (W * E).
Hypothesis U : 0 <= 2 * u - IZR q1 <= 1.
Hypothesis V : 0 <= 2 * v - IZR q2 <= 1.
Hypothesis most_nonneg : 0 <= most.
Hypothesis most_small : 2 * Q2R (bound F) * most <= W * E.
Hypothesis OK : rows_at (entry 0 l) old u v most.

Lemma step_values a' : In a' new -> let led_by h := arrows m old q1 q2 h a' in
  entry 0 l' (p_at a') = led_by (fun a => entry 0 l (p_at a)) /\
  entry 0 l' (pu_at a') = led_by (fun a => 2 * entry 0 l (pu_at a) - IZR q1 * entry 0 l (p_at a)) /\
  entry 0 l' (pv_at a') = led_by (fun a => 2 * entry 0 l (pv_at a) - IZR q2 * entry 0 l (p_at a)) /\
  led_by (fun a => entry 0 l (p_at a)) <= Q2R (bound F) * most.
Proof.
  intros A'. cbv zeta. destruct (K (fun _ => most)) as (w & H & VW & G & _).
  destruct (stage_values b l w I O VW) as (VE & IN & OUT). unfold step_frames in H.
  apply Forall_app in H as [H _]. rewrite Forall_map, Forall_forall in H. specialize (H _ digits_01).
    cbn [step_frame] in H.
  assert (VG : w (ghost b) = most) by (apply G; simpl; unfold ghost; lia).
  assert (INO : forall a k, In a old -> In k (entries a) -> w k = entry 0 l k).
  { intros a k A J. apply IN, old_places. eapply entries_in; eauto. }
  apply frame_of_spec in H.
  - assert (S : forall g, In g (step_goals F m b old q1 q2 a') -> holds w g).
    { intros g J. apply (all_in _ _ _ H). apply in_flat_map. eauto. }
    pose proof (S _ (or_introl eq_refl)) as S1. pose proof (S _ (or_intror (or_introl eq_refl))) as S2.
    pose proof (S _ (or_intror (or_intror (or_introl eq_refl)))) as S3.
    pose proof (S _ (or_intror (or_intror (or_intror (or_introl eq_refl))))) as S4. clear S.
    cbn [holds] in S1, S2, S3, S4. rewrite value_led in S1, S2, S3. rewrite value_minus, value_led in S4.
    autorewrite with form in S4. rewrite VG in S4.
    assert (X1 : arrows m old q1 q2 (fun a => value w (key (p_at a))) a' = arrows m old q1 q2 (fun a => entry 0 l
      (p_at a)) a').
    { apply arrows_ext. intros a A. rewrite value_key. apply (INO a); simpl; auto. }
    assert (X : forall (q : Z) (k : row -> positive), (forall a, In (k a) (entries a)) ->
      arrows m old q1 q2 (fun a => value w (moved_entry q k a)) a' =
      arrows m old q1 q2 (fun a => 2 * entry 0 l (k a) - IZR q * entry 0 l (p_at a)) a').
    { intros q k J. apply arrows_ext. intros a A. unfold moved_entry. autorewrite with form. real.
      rewrite (INO a (k a) A (J a)), (INO a (p_at a) A (or_introl eq_refl)). lra. }
    rewrite X1 in S1, S4. rewrite (X q1 pu_at) in S2 by (simpl; auto). rewrite (X q2 pv_at) in S3 by (simpl; auto).
    unfold l'. rewrite !OUT by (apply new_places; eapply entries_in; eauto; simpl; auto). repeat split; auto. lra.
  - constructor; [|constructor; [|constructor]]; cbn [fst snd]; autorewrite with form;
      rewrite (delta_value F w _ n VE), IN by (apply digit_places; simpl; auto); rewrite Q2R_inject; auto.
  - unfold step_facts. apply Forall_app. split; [apply (small_spec w _ n); auto|]. apply Forall_app. split.
    + constructor; [|constructor; [|constructor]]; autorewrite with form; rewrite ?(delta_value F w _ n VE), VG; auto.
      real. fold W E. lra.
    + rewrite Forall_flat_map, Forall_forall. intros a A. destruct (OK a A) as (P1 & P2 & P3).
      pose proof (INO a (p_at a) A ltac:(simpl; auto)) as I1. pose proof (INO a (pu_at a) A ltac:(simpl; auto)) as I2.
      pose proof (INO a (pv_at a) A ltac:(simpl; auto)) as I3. rewrite <- I1 in P1, P2, P3. rewrite <- I2 in P2.
      rewrite <- I3 in P3.
      assert (QU : forall (q : Z) k t, w k = t * w (p_at a) -> 0 <= 2 * t - IZR q <= 1 ->
        Forall (fun f => 0 <= value w f) (quarter q k a)).
      { intros q k t T1 T2. unfold quarter. constructor; [|constructor; [|constructor]]; autorewrite with form;
        rewrite Q2R_make, T1; real; [|].
        - replace (- IZR q / 2 * w (p_at a) + t * w (p_at a)) with (w (p_at a) * ((2 * t - IZR q) / 2)) by field.
          apply Rmult_le_pos; lra.
        - replace ((IZR q + 1) / 2 * w (p_at a) - t * w (p_at a)) with (w (p_at a) * ((1 - (2 * t - IZR q)) / 2)) by
          field.
          apply Rmult_le_pos; lra. }
      apply Forall_app. split; [|apply Forall_app; split; [apply (QU _ _ u)|apply (QU _ _ v)]; auto].
      constructor; [|constructor; [|constructor]]; autorewrite with form; rewrite ?VG; lra.
Qed.

Lemma step_good : rows_at (entry 0 l') new (2 * u - IZR q1) (2 * v - IZR q2) (Q2R (bound F) * most) /\
  forall f count, distinct new = true -> closed m old new count = true -> (forall a, ~ In a count -> silent_on f a) ->
  reads (entry 0 l') new f (2 * u - IZR q1) (2 * v - IZR q2) = reads (entry 0 l) old (refined_plane m f) u v.
Proof.
  split.
  - apply (step_rows m old new q1 q2 (entry 0 l) (entry 0 l') u v) with (most := most); auto; intros a' A';
      destruct (step_values a' A') as (S1 & S2 & S3 & S4); auto.
  - intros f count. apply step_reads; auto. intros a' A'. destruct (step_values a' A') as (S1 & _). auto.
Qed.
End Rows.

(** * Rows at the start. *)
Lemma far_from t i a : ~ bad W n t -> W * E <= Rabs (t - (IZR i + IZR a * E)).
Proof.
  intros B. apply Rnot_lt_le. intros L. apply B. apply (bad_near W n t (i * 2 ^ Z.of_nat n + a)); [apply W_pos|].
  rewrite plus_IZR, mult_IZR, <- pow_2_IZR. fold E. unfold E in *.
    rewrite Rmult_plus_distr_r, Rmult_assoc, eps_pow, Rmult_1_r. auto.
Qed.

Lemma piece_for k s a edge t v : mem (running a) (whole t) = true -> ~ bad W n t ->
  value v (moved_coordinate k s) = t -> v eps_in = E ->
  exists p, In p (pieces F k s a edge) /\ piece_cell p = whole t /\ Forall (fun f => 0 <= value v f) (piece_facts p) /\
    (beyond p = true -> IZR edge + E <= t).
Proof.
  intros M B VT VE. apply mem_in in M. pose proof (whole_part t) as T. pose proof (part_range t) as R.
  pose proof W_pos. pose proof (eps_pos n) as EP. fold E in EP. assert (0 < W * E) by (apply Rmult_lt_0_compat; auto).
  pose proof (far_from t (whole t) 0 B) as F0. pose proof (far_from t (whole t) 1 B) as F1.
  pose proof (far_from t (whole t + 1) 0 B) as F2. rewrite Rmult_0_l, Rplus_0_r in F0, F2. rewrite plus_IZR in F2.
    rewrite Rmult_1_l in F1.
  rewrite Rabs_pos_eq in F0 by lra. rewrite Rabs_left1 in F2 by lra.
  unfold pieces. cbv zeta.
  assert (DV : value v (delta F eps_in) = W * E) by (apply (delta_value F v _ n VE)).
  assert (FACTS : forall low high, value v low + W * E <= t -> t <= value v high - W * E ->
    Forall (fun f => 0 <= value v f) [minus (minus (moved_coordinate k s) low) (delta F eps_in);
      minus (minus high (moved_coordinate k s)) (delta F eps_in)]).
  { intros low_ high_ L H'. constructor; [|constructor; [|constructor]]; rewrite !value_minus, VT, DV; lra. }
  match goal with |- exists p, In p (flat_map ?h _) /\ _ => set (f := h) end.
  enough (Q : exists p, In p (f (whole t)) /\ piece_cell p = whole t /\
    Forall (fun f => 0 <= value v f) (piece_facts p) /\
    (beyond p = true -> IZR edge + E <= t)).
  { destruct Q as (p & I & Q). exists p. split; auto. apply in_flat_map. eauto. }
  unfold f. destruct (Z.ltb_spec (whole t) edge) as [L|L].
  - eexists. split; [left; reflexivity|]. simpl. split; auto. split; [|discriminate].
    apply FACTS; rewrite value_const; real; lra.
  - apply IZR_le in L. destruct (Rle_dec (IZR (whole t) + E) t) as [C|C].
    + rewrite Rabs_pos_eq in F1 by lra. eexists. split; [right; left; reflexivity|]. simpl. split; auto. split; [|lra].
      apply FACTS; rewrite ?value_linear, ?value_const, ?value_key, ?VE; real; lra.
    + rewrite Rabs_left1 in F1 by lra. eexists. split; [left; reflexivity|]. simpl. split; auto. split; [|discriminate].
      apply FACTS; rewrite ?value_linear, ?value_const, ?value_key, ?VE; real; lra.
Qed.

Lemma sum_one (h : row -> R) l a : distinct l = true -> In a l ->
  (forall a', In a' l -> same_state a a' = false -> h a' = 0) -> sum h l = h a.
Proof.
  intros D I H. induction l as [|b l IH]; [contradiction|]. simpl in *. bools. apply negb_true_iff in H0.
  assert (NB : forall a', In a' l -> same_state b a' = false).
  { intros a' J. destruct (same_state b a') eqn:Q; auto. exfalso.
    assert (X : existsb (same_state b) l = true) by (apply existsb_exists; eauto). congruence. }
  destruct I as [->|I].
  - rewrite sum_0 by auto. lra.
  - rewrite IH by auto. rewrite H by (auto; specialize (NB a I); unfold same_state in *;
      rewrite Z.eqb_sym, (Z.eqb_sym (snd (cell a))), (Z.eqb_sym (sign a)); auto). lra.
Qed.

Section Start.
Variable c : class.
Variables x y : R.
Let X := x + Q2R (shift c) * E.
Let Y := y + Q2R (shift c) * E.
Let l0 := handed_on F n 0 x y.
Hypothesis K : known_of (opening F) opening_products [x; y; E; eta F n] (opening_frames F c).
Hypothesis I : inputs (opening F) = 4%nat.
Hypothesis O : block_ok (opening F) = true.
Hypothesis places : places_in (flat_map entries (rows c)) (length (outputs (opening F))).

Lemma opening_values v more w : (forall k, (k < last_key (opening F))%positive ->
  v k = run_block (opening F) (feed [x; y; E; eta F n]) k) ->
  v = run_all [] quiet (last_key (opening F)) opening_products more -> w = v ->
  v 1%positive = x /\ v 2%positive = y /\ v eps_in = E /\ v eta_in = eta F n /\
  v (product_at F 0) = eta F n * x /\ v (product_at F 1) = eta F n * y /\ v (product_at F 2) = eta F n * E /\
  forall k, up_to_place (length (outputs (opening F))) k = true -> entry 0 l0 k = v (output_at (opening F) k).
Proof.
  intros V R _. assert (B4 : forall p, (p <= 4)%positive -> (p < last_key (opening F))%positive).
  { intros p Q. apply input_before. rewrite I. apply Nat.leb_le. lia. }
  assert (IN : forall p, (p <= 4)%positive -> v p = entry 0 [x; y; E; eta F n] p).
  { intros p Q. rewrite V by auto. apply feed_input. rewrite I. apply Nat.leb_le. lia. }
  assert (V1 : v 1%positive = x) by (rewrite IN by lia; reflexivity).
  assert (V2 : v 2%positive = y) by (rewrite IN by lia; reflexivity).
  assert (V3 : v 3%positive = E) by (rewrite IN by lia; reflexivity).
  assert (V4 : v 4%positive = eta F n) by (rewrite IN by lia; reflexivity).
  pose proof (B4 4%positive ltac:(lia)) as L.
  rewrite !product_at_S, product_at_0. set (k := last_key (opening F)) in *.
  assert (KEEP : forall p, (p <= 4)%positive -> more p = v p).
  { intros p Q. rewrite R. symmetry. apply run_keeps. auto. }
  repeat split; auto; [..|intros p Q; unfold l0; simpl; fold E; rewrite apply_entry by auto; symmetry;
    apply V, output_before; auto];
    rewrite R; unfold opening_products; simpl; repeat (rewrite set_same || rewrite set_other by lia);
    rewrite !KEEP by lia; congruence.
Qed.

Lemma start_bounded : bounded l0 (rows c) (eta F n).
Proof.
  intros k J. destruct (K (fun _ => 0)) as (v & H & V & _ & R).
  destruct (opening_values v _ v V R eq_refl) as (_ & _ & VE & VH & _ & _ & _ & OUT).
  assert (S : In (start_bounds F c) (opening_frames F c)) by (unfold opening_frames; rewrite !in_app_iff; simpl; auto).
  apply (in_frames _ _ _ H), frame_of_spec in S; [|constructor|].
  - rewrite OUT by auto. rewrite <- VH, <- (value_key v eta_in). apply (between_spec v _ _ _ S).
    intros f Q. apply in_flat_map. eauto.
  - apply Forall_app. split; [apply (small_spec v _ n); auto|]. pose proof (eta_pos F P n).
    pose proof (eta_width F P n N).
    constructor; [|constructor; [|constructor]]; autorewrite with form; rewrite ?(delta_value F v _ n VE), VH; real;
      lra.
Qed.

Lemma start_good f : ~ bad W n X -> ~ bad W n Y ->
  mem (running (axis_x c)) (whole X) = true -> mem (running (axis_y c)) (whole Y) = true ->
  distinct (rows c) = true ->
  (In (whole X, whole Y) (alive c) -> existsb (fun a => Z.eqb (fst (cell a)) (whole X) && Z.eqb (snd (cell a)) (whole
    Y) && Z.eqb (sign a) 1) (rows c) = true) ->
  (~ In (whole X, whole Y) (alive c) -> f X Y = 0) ->
  (IZR (fst (high_corner F)) + E <= X \/ IZR (snd (high_corner F)) + E <= Y -> f X Y = 0) ->
  rows_at (entry 0 l0) (rows c) (part X) (part Y) (eta F n) /\
  reads (entry 0 l0) (rows c) f (part X) (part Y) = eta F n * f X Y.
Proof.
  intros BX BY MX MY D EX Z1 Z2. destruct (K (fun _ => 0)) as (v & H & V & _ & R).
  destruct (opening_values v _ v V R eq_refl) as (V1 & V2 & VE & VH & PX & PY & PE & OUT).
  assert (VX : value v (moved_coordinate 1 (shift c)) = X) by (unfold moved_coordinate; autorewrite with form;
    rewrite V1, VE; unfold X; lra).
  assert (VY : value v (moved_coordinate 2 (shift c)) = Y) by (unfold moved_coordinate; autorewrite with form;
    rewrite V2, VE; unfold Y; lra).
  destruct (piece_for 1 (shift c) (axis_x c) (fst (high_corner F)) X v MX BX VX VE) as (px & IX & CX & FX & OX).
  destruct (piece_for 2 (shift c) (axis_y c) (snd (high_corner F)) Y v MY BY VY VE) as (py & IY & CY & FY & OY).
  pose proof (eta_pos F P n) as EP.
  assert (S : holds v (all_of (flat_map (start_goals F c px py) (rows c)))).
  { eapply frame_of_spec; [apply (in_frames _ _ _ H)| |].
    - unfold opening_frames. rewrite !in_app_iff. right. right. left. unfold start_frames. apply in_flat_map. exists px.
      split; auto. apply in_map_iff. exists py. split; [reflexivity|auto].
    - constructor.
    - apply Forall_app. split; auto. apply Forall_app. split; auto. apply Forall_app.
      split; [apply (small_spec v _ n); auto|].
      pose proof (eta_width F P n N).
      constructor; [|constructor; [|constructor]]; autorewrite with form; rewrite ?(delta_value F v _ n VE), VH;
        real; lra. }
  assert (VAL : forall a, In a (rows c) ->
    (own c px py a = true -> entry 0 l0 (p_at a) = eta F n /\ entry 0 l0 (pu_at a) = eta F n * part X /\
      entry 0 l0 (pv_at a) = eta F n * part Y) /\
    (own c px py a = false -> entry 0 l0 (p_at a) = 0 /\ entry 0 l0 (pu_at a) = 0 /\ entry 0 l0 (pv_at a) = 0)).
  { intros a A. assert (G : forall g, In g (start_goals F c px py a) -> holds v g).
    { intros g J. apply (all_in _ _ _ S). apply in_flat_map. eauto. }
    assert (OA : forall k, In k (entries a) -> entry 0 l0 k = v (output_at (opening F) k)).
    { intros k J. apply OUT, places. apply (entries_in a); auto. }
    rewrite !OA by (simpl; auto). unfold start_goals in G. destruct (own c px py a); split; try discriminate; intros _;
      pose proof (G _ (or_introl eq_refl)) as G1; pose proof (G _ (or_intror (or_introl eq_refl))) as G2;
      pose proof (G _ (or_intror (or_intror (or_introl eq_refl)))) as G3; cbn [holds] in G1, G2, G3; rewrite G1, G2, G3;
      autorewrite with form; rewrite ?VH, ?PX, ?PY, ?PE, ?CX, ?CY; real; repeat split; auto; unfold part, X, Y; ring. }
  pose proof (part_range X) as RX. pose proof (part_range Y) as RY.
  split.
  - intros a A. destruct (VAL a A) as [T U]. destruct (own c px py a) eqn:Q.
    + destruct (T eq_refl) as (-> & -> & ->). lra.
    + destruct (U eq_refl) as (-> & -> & ->). lra.
  - unfold reads. destruct (negb (beyond px) && negb (beyond py) && here (alive c) (whole X) (whole Y)) eqn:OO.
    + apply andb_prop in OO as [OO AL]. apply andb_prop in OO as [B1 B2].
      pose proof (EX (proj1 (here_spec _ _ _) AL)) as Q. apply existsb_exists in Q as (a & A & Q).
      apply andb_prop in Q as [Q Q3]. apply andb_prop in Q as [Q1 Q2]. apply Z.eqb_eq in Q1, Q2, Q3.
      rewrite (sum_one _ _ a); auto.
      * assert (OW : own c px py a = true).
        { unfold own. rewrite B1, B2, CX, CY, AL, Q1, Q2, Q3, !Z.eqb_refl. auto. }
        destruct (VAL a A) as [T _]. destruct (T OW) as (-> & _). rewrite Q1, Q2, Q3, <- !whole_part. lra.
      * intros a' A' NS. destruct (VAL a' A') as [_ U']. destruct (own c px py a') eqn:OW.
        -- exfalso. unfold own in OW. bools.
           repeat match goal with Z : Z.eqb _ _ = true |- _ => apply Z.eqb_eq in Z end. unfold same_state in NS.
           assert (S1 : fst (cell a) = fst (cell a')) by congruence.
             assert (S2 : snd (cell a) = snd (cell a')) by congruence.
           assert (S3 : sign a = sign a') by congruence. rewrite S1, S2, S3, !Z.eqb_refl in NS. discriminate.
        -- destruct (U' eq_refl) as (-> & _). lra.
    + rewrite sum_0.
      * assert (F0 : f X Y = 0); [|rewrite F0; lra]. apply andb_false_iff in OO as [OO|OO].
        -- apply andb_false_iff in OO as [OO|OO]; apply negb_false_iff in OO; apply Z2; auto.
        -- apply Z1. intros J. apply here_spec in J. congruence.
      * intros a A. destruct (VAL a A) as [_ U]. destruct (own c px py a) eqn:OW.
        -- exfalso. unfold own in OW. rewrite CX, CY in OW. bools.
           repeat match goal with Z : _ = true |- _ => rewrite Z in OO end. discriminate.
        -- destruct (U eq_refl) as (-> & _). lra.
Qed.
End Start.
End Class.
