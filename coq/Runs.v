(** What the network of a family for n computes; and what an answered question says of one of its programs. *)
From Coq Require Import ZArith QArith Qreals Reals Lra Lia List FMapPositive Bool.
From ExactRelu Require Import Statement Kernel Sound Programs Main Family Orbits Plane.
Import ListNotations.
Open Scope R_scope.

(** * The values of a family. *)
Definition quiet : vector -> vector := fun _ _ => 0.
Definition run_block (b : block) (z : vector) : vector := run_all [] quiet (first (inputs b)) (body b) z.
Definition feed (l : list R) : vector := entry 0 l.
Definition apply (b : block) (l : list R) : list R := map (run_block b (feed l)) (outputs b).

Definition eta (F : family) (n : nat) : R := Q2R (top F) * Q2R (ratio F) ^ n.

(** The values that are handed on after [opening] and k times [stage], and those after [final]. *)
Fixpoint handed_on (F : family) (n k : nat) (x y : R) : list R :=
  match k with
  | O => apply (opening F) [x; y; eps n; eta F n]
  | S k => apply (stage F) (handed_on F n k x y ++ [eps n])
  end.
Definition handed_over (F : family) (n : nat) (x y : R) : list R :=
  apply (final F) (handed_on F n (Nat.pred n) x y ++ [eps n]).
Definition family_value (F : family) (n : nat) (x y : R) : R :=
  entry 0 (apply (closing F) (handed_over F n x y)) 1 / eta F n.

(** * Runs. *)
Lemma quiet_local d : local d quiet. Proof. intros z w _ i. reflexivity. Qed.

Lemma run_agree d l : forall k v w, ordered d k l = true -> (forall j, (j < k)%positive -> v j = w j) ->
  forall j, (j < after k l)%positive -> run_all [] quiet k l v j = run_all [] quiet k l w j.
Proof.
  induction l as [|o l IH]; simpl; intros k v w O E j J; auto. apply andb_prop in O as [W O].
  apply (IH (Pos.succ k)); auto. intros i I. destruct (Pos.eq_dec i k) as [->|N].
  - rewrite !set_same. apply (node_value_ext d [] quiet) with (k := k); auto using quiet_local.
  - rewrite !set_other by auto. apply E. lia.
Qed.

Lemma run_beyond B g l : forall k v j, (after k l <= j)%positive -> run_all B g k l v j = v j.
Proof.
  induction l as [|o l IH]; simpl; intros k v j J; auto. rewrite IH by auto. apply set_other.
  pose proof (after_le l (Pos.succ k)). lia.
Qed.

Lemma entry_in {T} (z : T) l k : up_to_place (length l) k = true -> In (entry z l k) l.
Proof.
  unfold up_to_place, entry. intros H. apply Nat.leb_le in H. apply nth_In. pose proof (Pos2Nat.is_pos k). lia.
Qed.

Lemma entry_app {T} (z : T) l l' k : up_to_place (length l) k = true -> entry z (l ++ l') k = entry z l k.
Proof.
  unfold up_to_place, entry. intros H. apply Nat.leb_le in H. apply app_nth1. pose proof (Pos2Nat.is_pos k). lia.
Qed.

Lemma entry_last {T} (z x : T) l : entry z (l ++ [x]) (Pos.of_nat (S (length l))) = x.
Proof. unfold entry. rewrite Nat2Pos.id by lia. simpl. rewrite app_nth2, Nat.sub_diag by lia. auto. Qed.

Lemma apply_entry b l k : up_to_place (length (outputs b)) k = true ->
  entry 0 (apply b l) k = run_block b (feed l) (output_at b k).
Proof.
  unfold up_to_place, apply, entry, output_at, entry. intros H. apply Nat.leb_le in H.
  rewrite (nth_indep _ 0 (run_block b (feed l) 1%positive)).
  - apply map_nth.
  - rewrite map_length. pose proof (Pos2Nat.is_pos k). lia.
Qed.

Lemma feed_input b l k : up_to_place (inputs b) k = true -> run_block b (feed l) k = entry 0 l k.
Proof. unfold up_to_place. intros H. apply Nat.leb_le in H. apply run_keeps, first_spec, H. Qed.

Lemma output_before b k : block_ok b = true -> up_to_place (length (outputs b)) k = true ->
  (output_at b k < last_key b)%positive.
Proof.
  unfold block_ok. intros H K. bools. rewrite forallb_forall in H. apply Pos.ltb_lt, H, entry_in, K.
Qed.

(** * Questions about a block: with any values beyond its nodes. *)
Lemma block_answer b more frames q proof l w : block_ok b = true -> block_question b more frames = Some q ->
  answers q proof (q_frames q) = Some [] ->
  exists v, Forall (frame_holds v) frames /\
    (forall k, (k < last_key b)%positive -> v k = run_block b (feed l) k) /\
    (forall k, (after (last_key b) more <= k)%positive -> v k = w k) /\
    v = run_all [] quiet (last_key b) more (run_all [] quiet (first (inputs b)) (body b)
          (fun k => if Pos.ltb k (first (inputs b)) then feed l k else w k)).
Proof.
  unfold block_ok, block_question. intros O S A. bools. eexists. split; [|split; [|split; [|reflexivity]]].
  - destruct (ask_sound _ _ _ _ _ _ _ quiet (fun k => if Pos.ltb k (first (inputs b)) then feed l k else w k)
      S A (nobody _) eq_refl) as (F & _). rewrite run_app in F. exact F.
  - intros k K. rewrite run_keeps by auto. unfold run_block. apply (run_agree (inputs b)); auto.
    intros j J. apply Pos.ltb_lt in J. rewrite J. auto.
  - intros k K. rewrite run_beyond by auto. pose proof (after_le more (last_key b)).
    rewrite run_beyond by (fold (last_key b); lia).
    pose proof (after_le (body b) (first (inputs b))). fold (last_key b) in *.
    destruct (Pos.ltb_spec k (first (inputs b))); [lia|auto].
Qed.

(** * Frames. *)
Lemma frame_of_spec v known facts g : frame_holds v (frame_of known facts g) ->
  Forall (fun t => v (fst t) = value v (snd t)) known -> Forall (fun f => 0 <= value v f) facts -> holds v g.
Proof.
  unfold frame_of. intros H K F. pose proof (ok_add_facts v facts 1 (M.empty _) F (ok_no_facts v)) as OK.
  destruct (add_facts facts 1 (M.empty form)) as [numbered n]. apply H; simpl in *; auto.
  clear - K. induction known as [|[k f] l IH]; simpl; [apply ok_no_forms|]. inversion K. apply ok_add_form; auto.
Qed.

Lemma all_of_spec v l : holds v (all_of l) -> Forall (holds v) l.
Proof. induction l as [|g l IH]; simpl; intros H; constructor; tauto. Qed.

Lemma all_in v l g : holds v (all_of l) -> In g l -> holds v g.
Proof. intros H. apply all_of_spec in H. rewrite Forall_forall in H. auto. Qed.

Lemma between_spec v k high l : holds v (all_of l) -> incl (between k high) l -> 0 <= v k <= value v high.
Proof.
  intros H I. pose proof (all_in _ _ _ H (I _ (or_introl eq_refl))) as A.
  pose proof (all_in _ _ _ H (I _ (or_intror (or_introl eq_refl)))) as B. simpl in A, B. autorewrite with form in *.
    lra.
Qed.

Lemma in_frames v l f : Forall (frame_holds v) l -> In f l -> frame_holds v f.
Proof. rewrite Forall_forall. auto. Qed.

Lemma small_spec v e n : v e = eps n -> (1 <= n)%nat -> Forall (fun f => 0 <= value v f) (small e).
Proof.
  intros E N. pose proof (eps_pos n). pose proof (eps_half n N). unfold small.
  apply Forall_cons; [|apply Forall_cons; [|apply Forall_nil]]; autorewrite with form; real; rewrite ?Q2R_make; lra.
Qed.

Lemma delta_value F v e n : v e = eps n -> value v (delta F e) = Q2R (width F) * eps n.
Proof. intros E. unfold delta. autorewrite with form. rewrite E. auto. Qed.

Lemma mem_in l i : mem l i = true <-> In i l.
Proof.
  unfold mem. rewrite existsb_exists. split.
  - intros (j & I & E). apply Z.eqb_eq in E. subst. auto.
  - intros I. exists i. split; auto. apply Z.eqb_refl.
Qed.

Lemma range_in a b i : In i (range a b) <-> (a <= i < b)%Z.
Proof.
  unfold range. rewrite in_map_iff. split.
  - intros (k & <- & K). apply in_seq in K. lia.
  - intros H. exists (Z.to_nat (i - a)). split; [lia|]. apply in_seq. lia.
Qed.

(** * One step of an orbit in one coordinate. *)
Lemma orbit_spec v known facts d t p q chi :
  Forall (frame_holds v) (orbit_frames known facts d t p q chi) -> 0 <= value v t < 1 ->
  Forall (fun f => 0 <= value v f) facts ->
  (forall c, (c < 6)%nat -> INR c / 6 <= value v t <= (INR c + 1) / 6 ->
     Forall (fun t => v (fst t) = value v (snd t)) (known c)) ->
  let r := value v t in
  on_loop (2 * r - IZR (digit_of r)) (v p) (v q) /\ 0 <= v chi <= value v d /\
  ((forall h, ~ Rabs (r - IZR h / 2) < value v d) -> v chi = IZR (digit_of r) * value v d).
Proof.
  intros H T F K r. destruct (part_of_spec 6 (value v t)) as (c & C & R1); auto; [lia|].
  assert (I6 : INR 6 = 6) by (simpl; lra). fold r in R1.
  assert (R2 : INR c / 6 <= r <= (INR c + 1) / 6) by (rewrite I6 in R1; lra).
  assert (W : Forall (fun f => 0 <= value v f) (within_part 6 c t ++ facts)).
  { apply Forall_app. split; auto. apply within_part_spec; [lia|]. fold r. rewrite I6. auto. }
  assert (D : digit_on c = digit_of r).
  { rewrite I6 in R1. unfold digit_on, digit_of.
    destruct (Nat.ltb_spec c 3) as [L|L]; destruct Rlt_dec as [G|G]; auto; exfalso.
    - apply G. assert (INR c <= 2) by (change 2 with (INR 2); apply le_INR; lia). lra.
    - assert (3 <= INR c) by (replace 3 with (INR 3) by (simpl; lra); apply le_INR; lia). lra. }
  pose proof (digit_of_range r T) as DR.
  unfold orbit_frames in H. rewrite Forall_flat_map, Forall_forall in H. specialize (H c). cbv zeta in H.
  rewrite in_seq in H. specialize (H ltac:(lia)). rewrite D in H.
  set (u := linear 2 t (inject_Z (- digit_of r))) in *.
  assert (UV : value v u = 2 * r - IZR (digit_of r)) by (unfold u; autorewrite with form; real; fold r; lra).
  destruct (on_third (c mod 3) u) as [p' q'] eqn:E3. apply Forall_cons_iff in H as [H1 H2]. apply Forall_inv in H2.
  apply frame_of_spec in H1; auto.
  split; [|split].
  - pose proof (all_in _ _ (Same p p') H1 ltac:(simpl; auto)) as P.
    pose proof (all_in _ _ (Same q q') H1 ltac:(simpl; auto)) as Q.
    simpl in P, Q. rewrite P, Q. replace p' with (fst (on_third (c mod 3) u)) by (rewrite E3; auto).
    replace q' with (snd (on_third (c mod 3) u)) by (rewrite E3; auto). rewrite <- UV.
    apply on_third_spec; [apply Nat.mod_upper_bound; lia|]. rewrite UV, <- D.
    clearbody r. clear - C R2. destruct c as [|[|[|[|[|[|c]]]]]]; [| | | | | |lia]; cbn in *; lra.
  - apply (between_spec v chi d _ H1). intros g I. apply in_or_app. auto.
  - intros N. apply frame_of_spec in H2; [|apply K; auto|].
    + simpl in H2. rewrite H2. autorewrite with form. real. auto.
    + apply Forall_cons; [|apply Forall_cons; [|auto]].
      * autorewrite with form. real. rewrite Q2R_make. real. fold r. specialize (N (digit_of r)).
        apply Rnot_lt_le in N. rewrite Rabs_pos_eq in N by lra. lra.
      * autorewrite with form. real. rewrite Q2R_make. real. fold r. specialize (N (digit_of r + 1)%Z).
        apply Rnot_lt_le in N. rewrite plus_IZR, Rabs_left1 in N by lra. lra.
Qed.
