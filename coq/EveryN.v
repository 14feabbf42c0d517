(** For every n >= 1: a family whose questions are answered is V^n g at every point of the plane. *)
From Coq Require Import ZArith QArith Qround Qreals Reals Lra Lia List FMapPositive Bool.
From ExactRelu Require Import Statement Kernel Sound Programs Main Family Orbits Plane Runs Induction Closing.
Import ListNotations.
Open Scope R_scope.

Lemma combine_map {S T} (f : S -> T) l : combine l (map f l) = map (fun a => (a, f a)) l.
Proof. induction l as [|a l IH]; simpl; auto. rewrite IH. auto. Qed.

Lemma residue_at_0 t : residue t 0 = part t. Proof. unfold residue. simpl. f_equal. lra. Qed.

Lemma classes_ok F m c : family_ok F m = true -> In c (classes F) ->
  places_ok F c = true /\ states_ok m c = true /\ window_ok F c = true.
Proof.
  unfold family_ok. intros H I. bools. rewrite forallb_forall in *.
  match goal with A : forall x, In x (classes F) -> _ |- _ => specialize (A _ I) end. bools. auto.
Qed.

Record sound_sizes (F : family) : Prop := {
  opening_inputs : inputs (opening F) = 4%nat; stage_inputs : inputs (stage F) = S (length (outputs (opening F)));
  stage_outputs : length (outputs (stage F)) = length (outputs (opening F));
  final_inputs : inputs (final F) = S (length (outputs (opening F)));
  closing_inputs : inputs (closing F) = length (outputs (final F));
    closing_outputs : length (outputs (closing F)) = 1%nat;
  opening_ok : block_ok (opening F) = true; stage_ok : block_ok (stage F) = true; final_ok : block_ok (final F) = true;
  closing_ok : block_ok (closing F) = true }.

Lemma sizes_spec F : sizes_ok F = true -> sound_sizes F.
Proof.
  unfold sizes_ok. intros H. bools. cbn [forallb] in H0. bools.
  repeat match goal with L : Nat.eqb _ _ = true |- _ => apply Nat.eqb_eq in L end. constructor; auto.
Qed.

Record sound_states (m : stencil) (c : class) : Prop := {
  rows_distinct : distinct (rows c) = true; finals_distinct : distinct (finals c) = true;
  alive_closed : alive_before m (alive c) = true; finals_alive : forall a, In a (finals c) -> In (cell a) (alive c);
  alive_rows : forall i j, In (i, j) (alive c) ->
    mem (running (axis_x c)) i = true /\ mem (running (axis_y c)) j = true /\
    existsb (fun a => Z.eqb (fst (cell a)) i && Z.eqb (snd (cell a)) j && Z.eqb (sign a) 1) (rows c) = true;
  rows_closed : closed m (rows c) (rows c) (alive c) = true;
  finals_closed : closed m (rows c) (finals c) (map cell (finals c)) = true;
  read_leaves : leaves_ok (length (finals c)) (read c) = true }.

Lemma states_spec m c : states_ok m c = true -> sound_states m c.
Proof.
  unfold states_ok. intros H. bools. rewrite forallb_forall in H3, H4. constructor; auto.
  - intros a A. specialize (H4 _ A). apply here_spec in H4. destruct (cell a); auto.
  - intros i j A. specialize (H3 _ A). simpl in H3. bools. auto.
Qed.

Section Point.
Variable F : family.
Variable m : stencil.
Hypothesis family_is_ok : family_ok F m = true.
Hypothesis opening_known : forall l, known_of (opening F) opening_products l (flat_map (opening_frames F) (classes F)).
Hypothesis stage_known : forall l, known_of (stage F) [] l (flat_map (stage_frames F m) (classes F)).
Hypothesis final_known : forall l, known_of (final F) [] l (flat_map (final_frames F m) (classes F)).
Hypothesis closing_known : forall l, known_of (closing F) [] l (flat_map (closing_frames F) (classes F) ++
  gate_frames F).
Variable g : vector -> vector.
Hypothesis g_local : local 2 g.
Hypothesis seed_known : forall z, Forall (frame_holds (seed_values g z)) (seed_frames F).
Variable n : nat.
Hypothesis N : (1 <= n)%nat.
Variables x y : R.

Let E := eps n.
Let W := Q2R (width F).
Let V := power m n (plane g) x y.
Let most : R := Q2R (limit F) * Q2R (top F).

Lemma sizes : sound_sizes F.
Proof. apply sizes_spec. unfold family_ok in family_is_ok. bools. auto. Qed.
Lemma parameters : sound_parameters F.
Proof. apply parameters_spec. unfold family_ok in family_is_ok. bools. auto. Qed.
Lemma mask_in : mask_ok F m = true.
Proof. unfold family_ok in family_is_ok. bools. auto. Qed.

Lemma handed_on_length j : length (handed_on F n j x y) = length (outputs (opening F)).
Proof.
  destruct j; simpl; unfold apply; rewrite map_length; auto. apply (stage_outputs F sizes).
Qed.

(** * One class. *)
Section Class.
Variable c : class.
Hypothesis C : In c (classes F).
Definition at_x : R := x + Q2R (shift c) * E.
Definition at_y : R := y + Q2R (shift c) * E.
Definition start_x : R := start_of (axis_x c) at_x.
Definition start_y : R := start_of (axis_y c) at_y.
Let f := power m n (in_class g (shift c)).
Definition good : Prop := ~ bad W n start_x /\ ~ bad W n start_y.

Lemma all_places : places_in (axis_places (axis_x c)) (length (outputs (opening F))) /\
  places_in (axis_places (axis_y c)) (length (outputs (opening F))) /\
  places_in (flat_map entries (rows c)) (length (outputs (opening F))) /\
  places_in (flat_map entries (finals c)) (length (outputs (final F))) /\
  up_to_place (length (outputs (final F))) (deficit c) = true /\ (value_at_end c < last_key (closing F))%positive.
Proof.
  destruct (classes_ok F m c family_is_ok C) as (H & _). unfold places_ok in H. bools. cbn [forallb] in *. bools.
  rewrite !forallb_app in *. bools. unfold places_in. rewrite !forallb_forall in *. apply Pos.ltb_lt in H0. auto 10.
Qed.

Lemma in_class_value : f at_x at_y = V.
Proof. unfold f, V, at_x, at_y, in_class. apply (power_moved m (plane g)). Qed.

Lemma silent_finals a : ~ In a (map cell (finals c)) -> silent_on (in_class g (shift c)) a.
Proof.
  apply (silent_spec g g_local F c a seed_known C). apply (classes_ok F m c family_is_ok C).
Qed.

Lemma states : sound_states m c.
Proof. apply states_spec, (classes_ok F m c family_is_ok C). Qed.

Lemma silent_all k a : ~ In a (alive c) -> silent_on (power m k (in_class g (shift c))) a.
Proof.
  pose proof states as []. apply power_silent; auto. intros b B. apply silent_finals. intros J. apply B.
  apply in_map_iff in J as (r & <- & J). auto.
Qed.

(** Where a coordinate of the orbit does not run, V^n g vanishes. *)
Lemma zero_off : ~ In (whole at_x, whole at_y) (alive c) -> f at_x at_y = 0.
Proof.
  intros H. pose proof (part_range at_x). pose proof (part_range at_y).
  rewrite (whole_part at_x), (whole_part at_y). apply (silent_all n _ H); lra.
Qed.

Lemma running_if : V <> 0 -> start_x = at_x /\ start_y = at_y.
Proof.
  intros H. destruct (here (alive c) (whole at_x) (whole at_y)) eqn:A.
  - apply here_spec in A. destruct (alive_rows m c states _ _ A) as (A1 & A2 & _).
    unfold start_x, start_y, start_of. rewrite A1, A2. auto.
  - exfalso. apply H. rewrite <- in_class_value. apply zero_off. intros J. apply here_spec in J. congruence.
Qed.

Lemma W_positive : 0 < W. Proof. destruct parameters. unfold W. lra. Qed.

Lemma good_starts : good -> start_x = at_x /\ start_y = at_y /\ mem (running (axis_x c)) (whole at_x) = true /\
  mem (running (axis_y c)) (whole at_y) = true.
Proof.
  intros [GX GY]. unfold start_x, start_y, start_of in *.
  destruct (mem (running (axis_x c)) (whole at_x)); [|exfalso; apply GX, bad_0, W_positive].
  destruct (mem (running (axis_y c)) (whole at_y)); [|exfalso; apply GY, bad_0, W_positive]. auto.
Qed.

Record invariant (j : nat) : Prop := {
  in_x : follows F n start_x j (handed_on F n j x y) (axis_x c);
  in_y : follows F n start_y j (handed_on F n j x y) (axis_y c);
  in_bounds : bounded (handed_on F n j x y) (rows c) (eta F n * Q2R (growth F) ^ j);
  in_rows : good -> rows_at (entry 0 (handed_on F n j x y)) (rows c) (residue start_x j) (residue start_y j)
      (eta F n * Q2R (bound F) ^ j);
  in_reads : good -> reads (entry 0 (handed_on F n j x y)) (rows c) (power m (n - j) (in_class g (shift c)))
      (residue start_x j) (residue start_y j) = eta F n * V }.

Lemma opening_incl : incl (opening_frames F c) (flat_map (opening_frames F) (classes F)).
Proof. intros h J. apply in_flat_map. eauto. Qed.

Lemma start_class : good -> mem (running (axis_x c)) (whole at_x) = true ->
  mem (running (axis_y c)) (whole at_y) = true ->
  rows_at (entry 0 (handed_on F n 0 x y)) (rows c) (part at_x) (part at_y) (eta F n) /\
  reads (entry 0 (handed_on F n 0 x y)) (rows c) f (part at_x) (part at_y) = eta F n * f at_x at_y.
Proof.
  intros G MX MY. destruct all_places as (PX & PY & PR & _). pose proof sizes as [].
  destruct (good_starts G) as (SX & SY & _). destruct G as [GX GY]. rewrite SX in GX. rewrite SY in GY.
  assert (K : known_of (opening F) opening_products [x; y; E; eta F n] (opening_frames F c)).
  { eapply known_incl; [apply opening_known|apply opening_incl]. }
  pose proof (box_spec g g_local F seed_known) as BOX. pose proof (power_zero_outside F m _ mask_in BOX n) as OUT.
  assert (SH : 0 <= Q2R (shift c) <= 1).
  { destruct (classes_ok F m c family_is_ok C) as (_ & _ & H). unfold window_ok in H. bools.
    repeat match goal with L : Qle_bool _ _ = true |- _ => apply at_most_real in L end. real. lra. }
  pose proof (eps_pos n) as EP. fold E in EP.
  apply (start_good F n N parameters c x y K); auto.
  - apply states.
  - intros A. apply (alive_rows m c states _ _ A).
  - apply zero_off.
  - fold E. intros Q. fold at_x at_y in Q |- *. rewrite in_class_value. unfold V. apply OUT. unfold at_x, at_y in Q.
    nra.
Qed.

Lemma invariant_0 : invariant 0.
Proof.
  destruct all_places as (PX & PY & PR & _). pose proof sizes as [].
  assert (K : known_of (opening F) opening_products [x; y; E; eta F n] (opening_frames F c)).
  { eapply known_incl; [apply opening_known|apply opening_incl]. }
  assert (KX : known_of (opening F) opening_products [x; y; E; eta F n] (opening_axis F 1 (shift c) (axis_x c))).
  { eapply known_incl; [exact K|]. intros h J. unfold opening_frames. apply in_or_app. auto. }
  assert (KY : known_of (opening F) opening_products [x; y; E; eta F n] (opening_axis F 2 (shift c) (axis_y c))).
  { eapply known_incl; [exact K|]. intros h J. unfold opening_frames. rewrite !in_app_iff. auto. }
  constructor.
  - apply (opening_axis_follows F n N parameters 1 (shift c) (axis_x c) x y x); auto.
  - apply (opening_axis_follows F n N parameters 2 (shift c) (axis_y c) x y y); auto.
  - simpl pow. rewrite Rmult_1_r. apply (start_bounded F n N parameters c x y); auto.
  - intros G. destruct (good_starts G) as (-> & -> & MX & MY). simpl pow. rewrite Rmult_1_r, !residue_at_0.
    apply (start_class G MX MY).
  - intros G. destruct (good_starts G) as (-> & -> & MX & MY). rewrite Nat.sub_0_r, !residue_at_0, <- in_class_value.
    apply (start_class G MX MY).
Qed.

Lemma invariant_step j : (S j < n)%nat -> invariant j -> invariant (S j).
Proof.
  intros J [IX IY IB IR IS]. destruct all_places as (PX & PY & PR & _). pose proof sizes as [].
    pose proof parameters as [].
  pose proof (handed_on_length j) as LEN. set (l := handed_on F n j x y) in *.
  assert (K : known_of (stage F) [] (l ++ [E]) (stage_frames F m c)).
  { eapply known_incl; [apply stage_known|]. intros h Q. apply in_flat_map. eauto. }
  assert (KX : known_of (stage F) [] (l ++ [E]) (stage_axis F (axis_x c))).
  { eapply known_incl; [exact K|]. intros h Q. unfold stage_frames. apply in_or_app. auto. }
  assert (KY : known_of (stage F) [] (l ++ [E]) (stage_axis F (axis_y c))).
  { eapply known_incl; [exact K|]. intros h Q. unfold stage_frames. rewrite !in_app_iff. auto. }
  assert (KS : known_of (stage F) [] (l ++ [E]) (step_frames F m (stage F) (rows c) (rows c) c)).
  { eapply known_incl; [exact K|]. intros h Q. unfold stage_frames. rewrite !in_app_iff. auto. }
  assert (PD : places_in [digit (axis_x c); digit (axis_y c)] (length l)).
  { rewrite LEN. intros p [<-|[<-|[]]]; [apply PX|apply PY]; simpl; auto. }
  assert (GOOD : good -> rows_at (entry 0 (apply (stage F) (l ++ [E]))) (rows c) (residue start_x (S j)) (residue
    start_y (S j))
      (Q2R (bound F) * (eta F n * Q2R (bound F) ^ j)) /\
    reads (entry 0 (apply (stage F) (l ++ [E]))) (rows c) (power m (n - S j) (in_class g (shift c)))
      (residue start_x (S j)) (residue start_y (S j)) = eta F n * V).
  { intros G. rewrite !residue_next. pose proof (residue_range start_x j) as RX.
    pose proof (residue_range start_y j) as RY.
    pose proof (digit_of_range _ RX). pose proof (digit_of_range _ RY).
    destruct (step_good F n N m (stage F) (rows c) (rows c) c l KS) with
      (q1 := digit_of (residue start_x j)) (q2 := digit_of (residue start_y j)) (u := residue start_x j) (v :=
        residue start_y j)
      (most := eta F n * Q2R (bound F) ^ j) as [S1 S2]; auto; try lra; rewrite ?LEN; auto.
    - rewrite stage_outputs0. auto.
    - apply digits_spec; apply digit_of_cases.
    - apply IX. apply G.
    - apply IY. apply G.
    - apply Rmult_le_pos; [left; apply eta_pos, parameters|apply pow_le; lra].
    - apply (step_bound F parameters n j). lia.
    - split; [exact S1|]. rewrite (S2 _ (alive c)); try apply states; [|intros a A; apply silent_all; auto].
      rewrite <- (IS G). unfold reads. apply sum_ext. intros a _. f_equal.
      replace (n - j)%nat with (S (n - S j)) by lia. reflexivity. }
  constructor; simpl handed_on; fold l E.
  - apply (stage_axis_follows F n N parameters); auto; rewrite ?LEN; auto.
  - apply (stage_axis_follows F n N parameters); auto; rewrite ?LEN; auto.
  - replace (eta F n * Q2R (growth F) ^ S j) with (Q2R (growth F) * (eta F n * Q2R (growth F) ^ j)) by (simpl; ring).
    apply (step_bounded F n N m (stage F) (rows c) (rows c) c l KS); auto; rewrite ?LEN, ?stage_outputs0; auto;
      [apply Rmult_le_pos; [left; apply eta_pos, parameters|apply pow_le; lra]|apply IX|apply IY].
  - intros G. replace (eta F n * Q2R (bound F) ^ S j) with (Q2R (bound F) * (eta F n * Q2R (bound F) ^ j)) by (simpl;
    ring).
    apply (GOOD G).
  - intros G. apply (GOOD G).
Qed.

Lemma invariant_all j : (j < n)%nat -> invariant j.
Proof. induction j as [|j IH]; intros J; [apply invariant_0|apply invariant_step; auto; apply IH; lia]. Qed.

(** At the end. *)
Definition value_of_class : R := run_block (closing F) (feed (handed_over F n x y)) (value_at_end c).
Definition deficit_of_class : R := entry 0 (handed_over F n x y) (deficit c).
Definition near_end (t : R) : Prop := residue t n <= W \/ 1 - W <= residue t n.

Lemma class_ends : - most <= value_of_class <= most /\ 0 <= deficit_of_class /\
  (near_end start_x \/ near_end start_y -> 1 <= deficit_of_class) /\
  (~ near_end start_x -> ~ near_end start_y -> value_of_class = eta F n * V) /\
  (Q2R (arc F) <= residue start_x n <= 1 - Q2R (arc F) -> Q2R (arc F) <= residue start_y n <= 1 - Q2R (arc F) ->
   deficit_of_class = 0).
Proof.
  destruct all_places as (PX & PY & PR & PF & PD & PV). pose proof sizes as []. pose proof parameters as PAR.
    pose proof PAR as [].
  pose proof (invariant_all (pred n) ltac:(lia)) as [IX IY IB IR IS]. pose proof (handed_on_length (pred n)) as LEN.
  unfold value_of_class, deficit_of_class, handed_over. fold E. set (l := handed_on F n (pred n) x y) in *.
  assert (NS : S (pred n) = n) by lia.
  assert (K : known_of (final F) [] (l ++ [E]) (final_frames F m c)).
  { eapply known_incl; [apply final_known|]. intros h Q. apply in_flat_map. eauto. }
  assert (KS : known_of (final F) [] (l ++ [E]) (step_frames F m (final F) (rows c) (finals c) c)).
  { eapply known_incl; [exact K|]. intros h Q. unfold final_frames. apply in_or_app. auto. }
  assert (KD : known_of (final F) [] (l ++ [E]) (deficit_frames F c)).
  { eapply known_incl; [exact K|]. intros h Q. unfold final_frames. apply in_or_app. auto. }
  assert (PG : places_in [digit (axis_x c); digit (axis_y c)] (length l)).
  { rewrite LEN. intros p [<-|[<-|[]]]; [apply PX|apply PY]; simpl; auto. }
  assert (GP : 0 <= eta F n * Q2R (growth F) ^ n).
  { apply Rmult_le_pos; [left; apply eta_pos, PAR|apply pow_le; lra]. }
  assert (BO : bounded (apply (final F) (l ++ [E])) (finals c) (eta F n * Q2R (growth F) ^ n)).
  { replace (eta F n * Q2R (growth F) ^ n) with (Q2R (growth F) * (eta F n * Q2R (growth F) ^ pred n))
      by (rewrite <- NS at 4; simpl; ring).
    apply (step_bounded F n N m (final F) (rows c) (finals c) c l KS); auto; rewrite ?LEN; auto;
      [apply Rmult_le_pos; [left; apply eta_pos, PAR|apply pow_le; lra]|apply IX|apply IY]. }
  set (lf := apply (final F) (l ++ [E])) in *.
  assert (CK : forall frames, incl frames (closing_frames F c) -> known_of (closing F) [] lf frames).
  { intros frames J. eapply known_incl; [apply closing_known|]. intros h Q. apply in_or_app. left. apply in_flat_map.
    exists c. auto. }
  assert (LF : length lf = length (outputs (final F))) by (unfold lf, apply; apply map_length).
  assert (CIN : forall v k, (forall k, (k < last_key (closing F))%positive ->
    v k = run_block (closing F) (feed lf) k) ->
    In k (flat_map entries (finals c)) -> v k = entry 0 lf k).
  { intros v k Q J. assert (U : up_to_place (inputs (closing F)) k = true) by (rewrite closing_inputs0; auto).
    rewrite Q by (apply input_before; auto). apply feed_input; auto. }
  destruct (deficit_spec F n N l c KD) with (t := residue start_x n) (u := residue start_y n) as (D0 & D1 & D2);
    auto; rewrite ?LEN; auto using residue_range.
  { rewrite <- NS at 1. apply IX. }
  { rewrite <- NS at 1. apply IY. }
  fold lf W in D0, D1, D2. split; [|split; [|split; [|split]]]; auto.
  - destruct (CK [limit_frame F c]) with (w := fun _ : positive => eta F n * Q2R (growth F) ^ n) as (v & H & Q & G & _).
    { intros h [<-|[]]. unfold closing_frames. apply in_or_app. right. left. auto. }
    apply Forall_inv in H. unfold limit_frame in H. cbv zeta in H. rewrite <- Q by auto.
    assert (VG : v (ghost (closing F)) = eta F n * Q2R (growth F) ^ n) by (apply G; simpl; unfold ghost; lia).
    apply frame_of_spec in H; [|constructor|].
    + pose proof (all_in _ _ _ H (or_introl eq_refl)) as H1.
      pose proof (all_in _ _ _ H (or_intror (or_introl eq_refl))) as H2.
      simpl in H1, H2. autorewrite with form in H1, H2. rewrite VG in H1, H2. real.
      pose proof (close_bound F PAR n). unfold most. lra.
    + constructor; [rewrite value_key, VG; auto|]. rewrite Forall_flat_map, Forall_forall. intros k J.
      specialize (BO k J). constructor; [|constructor; [|constructor]]; autorewrite with form;
        rewrite ?VG, (CIN v k Q J); lra.
  - unfold near_end. tauto.
  - intros NX NY. assert (G : good).
    { split; intros B; [apply NX|apply NY]; apply (bad_at_end W n); auto; unfold W; lra. }
    pose proof (residue_range start_x (pred n)) as RX. pose proof (residue_range start_y (pred n)) as RY.
    pose proof (digit_of_range _ RX). pose proof (digit_of_range _ RY).
    destruct (step_good F n N m (final F) (rows c) (finals c) c l KS) with
      (q1 := digit_of (residue start_x (pred n))) (q2 := digit_of (residue start_y (pred n)))
      (u := residue start_x (pred n)) (v := residue start_y (pred n)) (most := eta F n * Q2R (bound F) ^ pred n) as
        [S1 S2];
      auto; try lra; rewrite ?LEN; auto.
    + apply digits_spec; apply digit_of_cases.
    + apply IX, G.
    + apply IY, G.
    + apply Rmult_le_pos; [left; apply eta_pos, PAR|apply pow_le; lra].
    + apply (step_bound F PAR n (pred n)). lia.
    + rewrite <- !residue_next, NS in S1, S2. fold lf in S1, S2.
      specialize (S2 (in_class g (shift c)) (map cell (finals c)) (finals_distinct _ _ states) (finals_closed _ _
        states) silent_finals).
      rewrite <- (IS G).
      replace (n - pred n)%nat with 1%nat by lia.
        change (power m 1 (in_class g (shift c))) with (refined_plane m (in_class g (shift c))).
      rewrite <- S2.
      destruct (CK (reading_frames c in_square (read c))) with (w := fun _ : positive => 0) as (v & H' & Q & _).
      { intros h J. unfold closing_frames. apply in_or_app. auto. }
      rewrite <- Q by auto.
      assert (EQ : forall k, In k (flat_map entries (finals c)) -> v k = entry 0 lf k) by (intros; apply CIN; auto).
      assert (RA : rows_at v (finals c) (residue start_x n) (residue start_y n) (Q2R (bound F) * (eta F n * Q2R
        (bound F) ^ pred n))).
      { intros a A. destruct (S1 a A) as (A1 & A2 & A3).
        rewrite !EQ by (apply (entries_in a); simpl; auto). auto. }
      pose proof (residue_range start_x n). pose proof (residue_range start_y n).
      rewrite (reading_spec g g_local c v (residue start_x n) (residue start_y n) _ ltac:(lra) ltac:(lra) RA); auto.
      * unfold reads. apply sum_ext. intros a A. rewrite EQ by (apply (entries_in a); simpl; auto). auto.
      * intros z. specialize (seed_known z). rewrite Forall_forall in *. intros h J. apply seed_known.
        unfold seed_frames.
        apply in_or_app. right. apply in_flat_map. exists c. split; auto. apply in_or_app. auto.
      * apply states.
Qed.
End Class.

(** * One of three classes has no deficit, unless V^n g vanishes. *)
Definition far_b (t : R) : bool :=
  if Rle_dec (Q2R (arc F)) (residue t n) then if Rle_dec (residue t n) (1 - Q2R (arc F)) then true else false else
    false.

Lemma far_spec t : far_b t = true -> Q2R (arc F) <= residue t n <= 1 - Q2R (arc F).
Proof. unfold far_b. do 2 (destruct Rle_dec; try discriminate). auto. Qed.
Lemma far_not t : far_b t = false -> exists k, Rabs (2 ^ n * t - IZR k) < Q2R (arc F).
Proof.
  intros H. destruct (Rle_dec 0 (Q2R (arc F))) as [A|A].
  - apply near_integer; auto. intros [L U]. unfold far_b, residue in H. destruct Rle_dec as [X|X]; [|apply X, L].
    destruct Rle_dec as [Y|Y]; [discriminate|apply Y, U].
  - exfalso. unfold far_b in H. pose proof (residue_range t n). destruct Rle_dec as [X|X]; [|lra].
    destruct Rle_dec as [Y|Y]; [discriminate|lra].
Qed.

(** The shifts being apart, two classes are not both next to an integer. *)
Lemma exclusive c c' z : apart F (shift c) (shift c') = true ->
  far_b (z + Q2R (shift c) * E) || far_b (z + Q2R (shift c') * E) = true.
Proof.
  intros A. apply orb_true_iff. destruct (far_b (z + Q2R (shift c) * E)) eqn:F1; auto.
  destruct (far_b (z + Q2R (shift c') * E)) eqn:F2; auto. exfalso.
  apply far_not in F1 as [k K]. apply far_not in F2 as [k' K'].
  unfold apart in A. bools. apply at_most_real in H, H0. real.
  set (q := Qfloor (shift c - shift c')) in *. set (s := Q2R (shift c)) in *. set (s' := Q2R (shift c')) in *.
  assert (X : 2 ^ n * (z + s * E) = 2 ^ n * z + s) by (rewrite <- (Rmult_1_r s) at 2; rewrite <- (eps_pow n);
    unfold E; ring).
  assert (X' : 2 ^ n * (z + s' * E) = 2 ^ n * z + s') by (rewrite <- (Rmult_1_r s') at 2; rewrite <- (eps_pow n);
    unfold E; ring).
  rewrite X in K. rewrite X' in K'. apply Rabs_def2 in K, K'.
  assert (D : IZR (k - k') - 2 * Q2R (arc F) < s - s' < IZR (k - k') + 2 * Q2R (arc F)) by (rewrite minus_IZR; lra).
  destruct (Z_le_gt_dec (k - k') q) as [L|L].
  - apply IZR_le in L. lra.
  - assert (L' : (q + 1 <= k - k')%Z) by lia. apply IZR_le in L'. rewrite plus_IZR in L'. lra.
Qed.

Lemma someone_open : V <> 0 -> exists c, In c (classes F) /\ deficit_of_class c = 0.
Proof.
  intros NV.
  assert (OPEN : forall c, In c (classes F) -> far_b (at_x c) = true -> far_b (at_y c) = true ->
    exists c, In c (classes F) /\ deficit_of_class c = 0).
  { intros c I FX FY. exists c. split; auto. destruct (running_if c I NV) as [SX SY].
    destruct (class_ends c I) as (_ & _ & _ & _ & D). apply D; rewrite ?SX, ?SY; apply far_spec; auto. }
  assert (L3 : (3 <= length (classes F))%nat /\ all_apart F (classes F) = true).
  { unfold family_ok in family_is_ok. bools. split; auto. apply Nat.leb_le. auto. }
  destruct L3 as [L3 AP]. destruct (classes F) as [|c1 [|c2 [|c3 rest]]] eqn:CL; try (simpl in L3; lia).
  simpl in AP. bools. pose proof (exclusive c1 c2) as E12. pose proof (exclusive c1 c3) as E13.
    pose proof (exclusive c2 c3) as E23.
  pose proof (E12 x H) as X12. pose proof (E12 y H) as Y12. pose proof (E13 x H4) as X13. pose proof (E13 y H4) as Y13.
  pose proof (E23 x H0) as X23. pose proof (E23 y H0) as Y23.
  fold (at_x c1) (at_x c2) (at_x c3) (at_y c1) (at_y c2) (at_y c3) in *.
  pose proof (OPEN c1 ltac:(simpl; auto)) as O1. pose proof (OPEN c2 ltac:(simpl; auto)) as O2.
  pose proof (OPEN c3 ltac:(simpl; auto)) as O3.
  destruct (far_b (at_x c1)), (far_b (at_y c1)), (far_b (at_x c2)), (far_b (at_y c2)), (far_b (at_x c3)),
    (far_b (at_y c3));
    simpl in *; try discriminate; auto.
Qed.

(** * The gates. *)
Definition near_b (t : R) : bool := if Rle_dec (residue t n) W then true else if Rle_dec (1 - W) (residue t n) then
  true else false.
Lemma near_spec t : if near_b t then near_end t else ~ near_end t.
Proof. unfold near_b, near_end. do 2 (destruct Rle_dec; auto). tauto. Qed.
Definition good_b (c : class) : bool := negb (near_b (start_x c)) && negb (near_b (start_y c)).

Lemma good_b_spec c : In c (classes F) ->
  if good_b c then value_of_class c = eta F n * V else 1 <= deficit_of_class c.
Proof.
  intros I. destruct (class_ends c I) as (_ & _ & B & G & _). unfold good_b.
  pose proof (near_spec (start_x c)) as NX. pose proof (near_spec (start_y c)) as NY.
  destruct (near_b (start_x c)), (near_b (start_y c)); simpl; auto.
Qed.

Lemma statuses_spec l : In l (statuses (length l)).
Proof.
  induction l as [|a l IH]; simpl; auto. apply in_flat_map. exists l. split; auto. destruct a; simpl; auto.
Qed.

Let status : list (class * bool) := map (fun c => (c, good_b c)) (classes F).

Lemma status_combine : combine (classes F) (map good_b (classes F)) = status.
Proof. apply combine_map. Qed.

Lemma gate_spec value opened v : let lf := handed_over F n x y in
  In (gate_frame F value opened status) (gate_frames F) ->
  Forall (frame_holds v) (gate_frames F) ->
  (forall k, (k < last_key (closing F))%positive -> v k = run_block (closing F) (feed lf) k) ->
  Sound.value v value = eta F n * V -> (forall c, In c (classes F) -> opened c = true -> deficit_of_class c = 0) ->
  - most <= eta F n * V <= most ->
  entry 0 (apply (closing F) lf) 1 = eta F n * V.
Proof.
  cbv zeta. intros I H Q VV OP B. pose proof sizes as [].
  assert (Y : forall c, In c (classes F) -> v (value_at_end c) = value_of_class c).
  { intros c J. apply Q. apply (all_places c J). }
  assert (D : forall c, In c (classes F) -> v (deficit c) = deficit_of_class c).
  { intros c J. assert (U : up_to_place (inputs (closing F)) (deficit c) = true) by (rewrite closing_inputs0;
    apply (all_places c J)).
    rewrite Q by (apply input_before; auto). apply feed_input; auto. }
  apply (in_frames _ _ _ H), frame_of_spec in I.
  - simpl in I. rewrite VV in I. rewrite <- I. rewrite apply_entry by (rewrite closing_outputs0; reflexivity).
    symmetry. apply Q, output_before; auto. rewrite closing_outputs0. reflexivity.
  - rewrite Forall_flat_map. unfold status. rewrite Forall_map, Forall_forall. intros c J. unfold gate_known.
    constructor.
    + cbn [fst snd]. pose proof (good_b_spec c J) as G.
      destruct (good_b c); [rewrite Y, VV by auto; auto|rewrite value_key; auto].
    + destruct (opened c) eqn:OC; constructor; [|constructor]. cbn [fst snd]. rewrite D, value_const, real_0 by auto.
      auto.
  - assert (BB : Forall (fun f => 0 <= Sound.value v f) [linear 1 value (gate_bound F); linear (-1 # 1) value (gate_bound F)]).
    { unfold gate_bound. constructor; [|constructor; [|constructor]]; autorewrite with form; rewrite VV; real;
      unfold most in B; lra. }
    inversion BB as [|? ? B1 B2]; subst. inversion B2 as [|? ? B3 _]; subst.
    constructor; auto. constructor; auto. rewrite Forall_flat_map. unfold status. rewrite Forall_map, Forall_forall.
    intros c J. unfold gate_facts, gate_bound. destruct (class_ends c J) as (C1 & C2 & _). pose proof (good_b_spec c J) as G.
    constructor; [|constructor; [|constructor; [|constructor]]]; [autorewrite with form; rewrite Y by auto; real;
      unfold most in C1; lra..|].
    destruct (good_b c); autorewrite with form; rewrite D by auto; real; lra.
Qed.

Theorem point_sound : family_value F n x y = V.
Proof.
  unfold family_value. set (lf := handed_over F n x y). pose proof (eta_pos F parameters n) as EP.
  enough (Q : entry 0 (apply (closing F) lf) 1 = eta F n * V) by (rewrite Q; field; lra).
  destruct (closing_known lf (fun _ => eta F n * V)) as (v & H & A & G & _). apply Forall_app in H as [_ H].
  assert (VG : v (ghost (closing F)) = eta F n * V) by (apply G; simpl; unfold ghost; lia).
  assert (ST : In (map good_b (classes F)) (statuses (length (classes F)))).
  { rewrite <- (map_length good_b (classes F)). apply statuses_spec. }
  assert (M : 0 <= most) by (pose proof parameters as []; apply Rmult_le_pos; lra).
  destruct (Req_dec V 0) as [Z|NZ].
  - apply (gate_spec (const 0) (fun _ => false) v); auto; try (rewrite Z; try rewrite value_const, real_0; lra);
    [|discriminate].
    unfold gate_frames. apply in_flat_map. exists (map good_b (classes F)). split; auto. rewrite status_combine.
      left. auto.
  - destruct (someone_open NZ) as (c & I & D). pose proof (good_b_spec c I) as GB.
    destruct (good_b c) eqn:GC; [|lra]. destruct (class_ends c I) as (B & _).
    apply (gate_spec (key (ghost (closing F))) (fun c' => Pos.eqb (deficit c') (deficit c)) v); auto.
    + unfold gate_frames. apply in_flat_map. exists (map good_b (classes F)). split; auto. rewrite status_combine.
      right.
      apply (in_map (fun s => gate_frame F (key (ghost (closing F))) (fun c => Pos.eqb (deficit c) (deficit (fst s)))
        status) _ (c, true)).
      apply filter_In. split; auto. unfold status. apply in_map_iff. exists c. rewrite GC. auto.
    + rewrite value_key. auto.
    + intros c' _ Q. apply Pos.eqb_eq in Q. unfold deficit_of_class in *. rewrite Q. auto.
    + rewrite <- GB. lra.
Qed.
End Point.

(** * The theorem: for every n >= 1 the family of networks has the value V^n g, at every point of the plane. *)
Definition realized_by_family (F : family) (m : stencil) (s : list simplex) : Prop :=
  (exists g, represents 2 s g) /\
  forall g, represents 2 s g -> forall n, (1 <= n)%nat -> forall z,
    family_value F n (z 1%positive) (z 2%positive) = iterate doubling (repeat (mask_of m) n) g z 1%positive.

Theorem family_sound F m s coords w questions proofs : family_questions F m s coords w = Some questions ->
  Forall2 (fun q proof => answers q proof (q_frames q) = Some []) questions proofs ->
  realized_by_family F m s.
Proof.
  unfold family_questions, realized_by_family. intros Q A.
  destruct (family_ok F m && seed_ok 2 s coords w) eqn:OK; [|discriminate]. bools.
  destruct (block_question (opening F)) as [q1|] eqn:Q1; [|discriminate].
  destruct (block_question (stage F)) as [q2|] eqn:Q2; [|discriminate].
  destruct (block_question (final F)) as [q3|] eqn:Q3; [|discriminate].
  destruct (block_question (closing F)) as [q4|] eqn:Q4; [|discriminate].
  destruct (ask 2 seed_program) as [q5|] eqn:Q5; [|discriminate]. injection Q as <-.
  inversion A as [|? p1 ? ? A1 R1]; subst. inversion R1 as [|? p2 ? ? A2 R2]; subst.
    inversion R2 as [|? p3 ? ? A3 R3]; subst.
  inversion R3 as [|? p4 ? ? A4 R4]; subst. inversion R4 as [|? p5 ? ? A5 R5]; subst. clear A R1 R2 R3 R4 R5.
  pose proof (sizes_spec F) as SZ. assert (FO := H). unfold family_ok in FO. bools. specialize (SZ H1). destruct SZ.
  destruct (seed_exists _ _ _ _ H0) as [SE EX]. split; auto. intros g G n N z.
  assert (L : local 2 g) by (eapply represents_local; eauto).
  rewrite iterate_plane by auto.
  assert (SG : represents 2 (map corners (cells_of s coords)) g) by (rewrite SE; auto).
  assert (CO : forallb (cell_ok 2) (cells_of s coords) = true) by (unfold seed_ok in H0; bools; auto).
  apply (point_sound F m); auto.
  - intros l v. destruct (block_answer _ _ _ _ _ l v opening_ok0 Q1 A1) as (u & ?). exists u. auto.
  - intros l v. destruct (block_answer _ _ _ _ _ l v stage_ok0 Q2 A2) as (u & ?). exists u. auto.
  - intros l v. destruct (block_answer _ _ _ _ _ l v final_ok0 Q3 A3) as (u & ?). exists u. auto.
  - intros l v. destruct (block_answer _ _ _ _ _ l v closing_ok0 Q4 A4) as (u & ?). exists u. auto.
  - intros u. destruct (ask_sound _ _ _ _ _ _ _ g u Q5 A5 SG CO) as (S & _). exact S.
Qed.

(** The same as one computation. *)
Fixpoint all_answered (questions : list question) (proofs : list (list step)) : bool :=
  match questions, proofs with
  | [], [] => true
  | q :: questions', proof :: proofs' =>
      match answers q proof (q_frames q) with Some [] => all_answered questions' proofs' | _ => false end
  | _, _ => false
  end.

Definition accepted F m s coords w proofs : bool :=
  match family_questions F m s coords w with Some questions => all_answered questions proofs | None => false end.

Lemma all_answered_spec questions : forall proofs, all_answered questions proofs = true ->
  Forall2 (fun q proof => answers q proof (q_frames q) = Some []) questions proofs.
Proof.
  induction questions as [|q l IH]; intros [|proof proofs] H; try discriminate; constructor; simpl in H;
    destruct (answers q proof (q_frames q)) as [[|]|]; try discriminate; auto.
Qed.

Corollary family_accepted F m s coords w proofs : accepted F m s coords w proofs = true -> realized_by_family F m s.
Proof.
  unfold accepted. intros H. destruct (family_questions F m s coords w) eqn:Q; [|discriminate].
  eapply family_sound; eauto using all_answered_spec.
Qed.
