(** Each step of the kernel is sound: if what it leaves holds, then so does what it was given. *)
From Coq Require Import QArith Qreals Reals Lra Lia List FMapPositive Bool.
From ExactRelu Require Import Statement Kernel.
Import ListNotations.
Open Scope R_scope.

(** * Rationals as real numbers. *)
Lemma reduced_spec n d : Q2R (reduced n d) = Q2R (n # d).
Proof.
  apply Qeq_eqR. unfold reduced. destruct (Z.eqb_spec n 0) as [->|]; [reflexivity|].
  destruct (_ || _); [reflexivity|apply Qred_correct].
Qed.
Lemma real_add a b : Q2R (qadd a b) = Q2R a + Q2R b.
Proof.
  unfold qadd. destruct (Pos.eqb_spec (Qden a) (Qden b)) as [E|]; rewrite reduced_spec; [|exact (Q2R_plus a b)].
  rewrite <- Q2R_plus. apply Qeq_eqR. unfold Qeq, Qplus. simpl. rewrite E, Pos2Z.inj_mul. ring.
Qed.
Lemma real_mul a b : Q2R (qmul a b) = Q2R a * Q2R b.
Proof. unfold qmul. rewrite reduced_spec. exact (Q2R_mult a b). Qed.
Lemma real_0 : Q2R 0 = 0. Proof. unfold Q2R; simpl; lra. Qed.
Lemma real_1 : Q2R 1 = 1. Proof. unfold Q2R; simpl; lra. Qed.
Lemma real_minus_1 : Q2R (-1 # 1) = -1. Proof. unfold Q2R; simpl; lra. Qed.
Lemma is_zero_spec a : is_zero a = true -> Q2R a = 0.
Proof. destruct a as [n m]; unfold is_zero, Q2R; simpl; destruct n; intros; try discriminate; lra. Qed.
Lemma is_nonneg_spec a : if is_nonneg a then 0 <= Q2R a else Q2R a <= 0.
Proof.
  destruct a as [n m]; unfold is_nonneg, Q2R; simpl.
  assert (0 < / IZR (Zpos m)) by (apply Rinv_0_lt_compat, IZR_lt; lia).
  destruct n as [|p|p]; [lra| |].
  - assert (0 < IZR (Zpos p)) by (apply IZR_lt; lia). nra.
  - assert (IZR (Zneg p) < 0) by (apply IZR_lt; lia). nra.
Qed.
Lemma is_nonneg_true a : is_nonneg a = true -> 0 <= Q2R a.
Proof. intros H. pose proof (is_nonneg_spec a) as S. rewrite H in S. exact S. Qed.
Lemma is_nonneg_false a : is_nonneg a = false -> Q2R a <= 0.
Proof. intros H. pose proof (is_nonneg_spec a) as S. rewrite H in S. exact S. Qed.

#[export] Hint Rewrite real_add real_mul real_0 real_1 real_minus_1 Q2R_opp : real.
Ltac real := autorewrite with real in *.

Ltac bools := repeat match goal with H : _ && _ = true |- _ => apply andb_prop in H; destruct H end.

(** * Forms. *)
Section Forms.
Variable v : vector.
Definition value (f : form) : R := Q2R (fst f) + weighted v (snd f).

Lemma weighted_plus q a : forall b, weighted v (plus q a b) = Q2R q * weighted v a + weighted v b.
Proof.
  induction a as [|[k p] a IH]; [intros; simpl; lra|].
  induction b as [|[j s] b IHb].
  - cbn [plus weighted]. rewrite IH. real. simpl. lra.
  - cbn [plus]. destruct (Pos.compare_spec k j) as [->| |].
    + destruct (is_zero (qadd (qmul q p) s)) eqn:E; cbn [weighted]; rewrite IH.
      * apply is_zero_spec in E. real. nra.
      * real. lra.
    + cbn [weighted]. rewrite IH. cbn [weighted]. real. lra.
    + cbn [weighted]. cbn [plus] in IHb. rewrite IHb. cbn [weighted]. lra.
Qed.

Lemma value_add_mul q a b : value (add_mul q a b) = Q2R q * value a + value b.
Proof. unfold value, add_mul; simpl. rewrite weighted_plus. real. lra. Qed.
Lemma value_const q : value (const q) = Q2R q. Proof. unfold value; simpl; lra. Qed.
Lemma value_key k : value (key k) = v k. Proof. unfold value; simpl; real; lra. Qed.
Lemma value_opposite a : value (opposite a) = - value a.
Proof. unfold opposite. rewrite value_add_mul, value_const. real. lra. Qed.
Lemma value_minus a b : value (minus a b) = value a - value b.
Proof. unfold minus. rewrite value_add_mul. real. lra. Qed.

Lemma weighted_zero l : forallb (fun t : positive * Q => is_zero (snd t)) l = true -> weighted v l = 0.
Proof.
  induction l as [|[k q] l IH]; simpl; auto. intros. bools. rewrite IH by auto.
  rewrite (is_zero_spec q) by auto. lra.
Qed.
Lemma vanishes_spec a : vanishes a = true -> value a = 0.
Proof. unfold vanishes, value. intros. bools. rewrite weighted_zero, is_zero_spec by auto. lra. Qed.
Lemma vanishes_minus a b : vanishes (minus a b) = true -> value a = value b.
Proof. intros H. apply vanishes_spec in H. rewrite value_minus in H. lra. Qed.

Definition ok_forms (forms : store) := forall k f, M.find k forms = Some f -> v k = value f.
Definition ok_facts (facts : store) := forall k f, M.find k facts = Some f -> 0 <= value f.

Lemma find_add {A} k j (x : A) m : M.find k (M.add j x m) = if Pos.eqb k j then Some x else M.find k m.
Proof. destruct (Pos.eqb_spec k j); subst; [apply M.gss | apply M.gso; auto]. Qed.

Lemma ok_no_forms : ok_forms (M.empty _). Proof. intros k f. rewrite M.gempty. discriminate. Qed.
Lemma ok_no_facts : ok_facts (M.empty _). Proof. intros k f. rewrite M.gempty. discriminate. Qed.
Lemma ok_add_form forms k f : ok_forms forms -> v k = value f -> ok_forms (M.add k f forms).
Proof. intros H E j h. rewrite find_add. destruct (Pos.eqb_spec j k); intros; [congruence|eauto]. Qed.
Lemma ok_add_fact facts k f : ok_facts facts -> 0 <= value f -> ok_facts (M.add k f facts).
Proof. intros H E j h. rewrite find_add. destruct (Pos.eqb_spec j k); intros; [congruence|eauto]. Qed.

Lemma value_form_of forms k : ok_forms forms -> value (form_of forms k) = v k.
Proof. intros H. unfold form_of. destruct (M.find k forms) eqn:E; [symmetry; auto | apply value_key]. Qed.

Lemma value_expand forms l acc : ok_forms forms -> value (expand forms l acc) = weighted v l + value acc.
Proof.
  intros H. revert acc. induction l as [|[k q] l IH]; simpl; intros; [lra|].
  rewrite IH, value_add_mul, value_form_of by auto. lra.
Qed.

Lemma without_spec facts w f rest : ok_facts facts -> without facts w f = Some rest -> value rest <= value f.
Proof.
  intros H. revert f. induction w as [|[i q] w IH]; simpl; intros f.
  - intros [= ->]. lra.
  - destruct (M.find i facts) as [h|] eqn:E; [|discriminate].
    destruct (is_nonneg q) eqn:L; [|discriminate]. intros C. apply IH in C.
    rewrite value_add_mul in C. real. apply is_nonneg_true in L. apply H in E. nra.
Qed.

Lemma nonneg_spec facts w f : ok_facts facts -> nonneg facts w f = true -> 0 <= value f.
Proof.
  unfold nonneg. intros H. destruct (without facts w f) as [rest|] eqn:E; [|discriminate]. intros. bools.
  apply without_spec in E; auto. unfold value in E at 1. rewrite weighted_zero in E by auto.
  apply is_nonneg_true in H0. lra.
Qed.

Lemma ok_add_facts fs : forall n facts, Forall (fun f => 0 <= value f) fs -> ok_facts facts ->
  ok_facts (fst (add_facts fs n facts)).
Proof.
  induction fs as [|f fs IH]; simpl; intros n facts F H; auto. inversion F. apply IH; auto. apply ok_add_fact; auto.
Qed.

Lemma all_nonneg_spec facts fs : forall ws, ok_facts facts -> all_nonneg facts ws fs = true ->
  Forall (fun f => 0 <= value f) fs.
Proof.
  induction fs as [|f fs IH]; intros [|w ws] H C; simpl in C; try discriminate; constructor; bools;
    eauto using nonneg_spec.
Qed.
End Forms.

(** * Points, and forms at points. *)
Definition up_to (d : nat) (a : positive) := (Pos.to_nat a <= d)%nat.

Lemma indices_spec d a : In a (indices d) <-> up_to d a.
Proof.
  unfold indices, up_to. rewrite in_map_iff. split.
  - intros (n & <- & H). apply in_seq in H. rewrite Nat2Pos.id by lia. lia.
  - intros H. exists (Pos.to_nat a). rewrite Pos2Nat.id. split; auto. apply in_seq. pose proof (Pos2Nat.is_pos a). lia.
Qed.

Lemma weighted_ext v w l : (forall k q, In (k, q) l -> v k = w k) -> weighted v l = weighted w l.
Proof.
  induction l as [|[k q] l IH]; simpl; intros H; auto. rewrite IH, (H k q); auto. intros; eapply H; eauto.
Qed.

Lemma keys_spec d f k q : keys_up_to d f = true -> In (k, q) (snd f) -> up_to d k.
Proof. unfold keys_up_to, up_to. rewrite forallb_forall. intros H I. apply H in I. apply Nat.leb_le, I. Qed.

Lemma value_ext d v w f : keys_up_to d f = true -> (forall a, up_to d a -> v a = w a) -> value v f = value w f.
Proof. intros H E. unfold value. f_equal. apply weighted_ext. intros. apply E. eapply keys_spec; eauto. Qed.

(** A store that maps each coordinate of a point w to a form with its value. *)
Definition locates (d : nat) (v : vector) (where_ : store) (w : vector) :=
  forall a, up_to d a -> value v (form_of where_ a) = w a.

Lemma value_expand_located d v where_ w l : forall acc, (forall k q, In (k, q) l -> up_to d k) ->
  locates d v where_ w ->
  value v (expand where_ l acc) = weighted w l + value v acc.
Proof.
  induction l as [|[k q] l IH]; simpl; intros acc K L; [lra|].
  rewrite IH by eauto. rewrite value_add_mul, L by eauto. lra.
Qed.

Lemma value_at_point d v where_ w f : keys_up_to d f = true -> locates d v where_ w ->
  value v (at_point where_ f) = value w f.
Proof.
  intros K L. unfold at_point. rewrite (value_expand_located d _ _ w) by eauto using keys_spec.
  rewrite value_const. unfold value. lra.
Qed.

Lemma find_located {A} (F : positive -> A) (l : list positive) k :
  M.find k (fold_right (fun a m => M.add a (F a) m) (M.empty _) l) = if in_dec Pos.eq_dec k l then Some (F k) else None.
Proof.
  induction l as [|a l IH]; cbn [fold_right].
  - rewrite M.gempty. reflexivity.
  - rewrite find_add, IH. destruct (Pos.eqb_spec k a) as [->|N].
    + destruct (in_dec Pos.eq_dec a (a :: l)) as [|O]; auto. exfalso. apply O. left; auto.
    + destruct (in_dec Pos.eq_dec k l) as [I|O], (in_dec Pos.eq_dec k (a :: l)) as [I'|O']; auto; exfalso.
      * apply O'. right; auto.
      * destruct I' as [->|]; auto.
Qed.

Lemma located d v (F : positive -> form) w : (forall a, up_to d a -> value v (F a) = w a) ->
  locates d v (fold_right (fun a m => M.add a (F a) m) (M.empty _) (indices d)) w.
Proof.
  intros H a U. unfold form_of. rewrite find_located. destruct in_dec as [|N]; auto.
  exfalso. apply N, indices_spec, U.
Qed.

Definition corner_point (p : corner) : vector := fun a => Q2R (entry 0%Q (place p) a).

Lemma corner_located d v p : locates d v (at_corner d p) (corner_point p).
Proof. apply located. intros. apply value_const. Qed.

(** * Cells. *)
Fixpoint rmix (ls rs : list R) : R := match ls, rs with l :: ls', r :: rs' => l * r + rmix ls' rs' | _, _ => 0 end.

Lemma mix_rmix ls t of i : mix ls t of i = rmix ls (map (fun c => Q2R (entry 0%Q (of c) i)) t).
Proof. revert t. induction ls as [|l ls IH]; intros [|c t]; simpl; auto. rewrite IH. auto. Qed.

Lemma value_mixed v ws : forall fs, value v (mixed ws fs) = rmix (map (value v) fs) (map Q2R ws).
Proof.
  induction ws as [|q ws IH]; intros [|f fs]; simpl; rewrite ?value_const; real; auto.
  rewrite value_add_mul, IH. lra.
Qed.

Lemma keys_plus d q a : forall b, (forall t, In t a -> up_to d (fst t)) -> (forall t, In t b -> up_to d (fst t)) ->
  forall t, In t (plus q a b) -> up_to d (fst t).
Proof.
  induction a as [|[k p] a IH]; [simpl; auto|].
  induction b as [|[j s] b IHb]; intros A B t.
  - cbn [plus]. intros [<-|I]; [apply (A (k, p)); left; auto|].
    eapply (IH []); eauto. intros; apply A; right; auto.
  - cbn [plus]. destruct (Pos.compare_spec k j) as [->| |].
    + assert (G : In t (plus q a b) -> up_to d (fst t)).
      { apply IH; intros; [apply A | apply B]; right; auto. }
      destruct is_zero; auto. intros [<-|I]; auto. apply (A (j, p)); left; auto.
    + intros [<-|I]; [apply (A (k, p)); left; auto|]. eapply (IH ((j, s) :: b)); eauto. intros; apply A; right; auto.
    + intros [<-|I]; [apply (B (j, s)); left; auto|]. cbn [plus] in IHb. eapply IHb; eauto.
      intros; apply B; right; auto.
Qed.

Lemma keys_mixed d ws : forall fs, forallb (keys_up_to d) fs = true -> keys_up_to d (mixed ws fs) = true.
Proof.
  induction ws as [|q ws IH]; intros [|f fs] H; simpl; auto. simpl in H. bools.
  unfold keys_up_to, add_mul. simpl. apply forallb_forall. intros t I. apply Nat.leb_le.
  eapply (keys_plus d q (snd f) (snd (mixed ws fs))); eauto.
  - intros [k p] J. eapply keys_spec; eauto.
  - intros [k p] J. eapply keys_spec; [apply IH; eauto|eauto].
Qed.

Lemma keys_interpolated d t of : cell_ok d t = true -> keys_up_to d (interpolated t of) = true.
Proof. unfold cell_ok. intros. bools. apply keys_mixed. auto. Qed.

Lemma value_interpolated v t of i :
  value v (interpolated t (fun p => entry 0%Q (of p) i)) = mix (map (value v) (coordinates t)) (corners t) of i.
Proof. unfold interpolated. rewrite value_mixed, mix_rmix, map_map. reflexivity. Qed.

Lemma rmix_ones ls rs : length ls = length rs -> Forall (eq 1) rs -> rmix ls rs = fold_right Rplus 0 ls.
Proof.
  revert rs. induction ls as [|l ls IH]; intros [|r rs] L F; simpl in *; try discriminate; auto.
  inversion F; subst. rewrite IH by auto. lra.
Qed.

(** Where all coordinates are >= 0, the point is in the simplex. *)
Lemma inside_cell d t z : cell_ok d t = true -> Forall (fun f => 0 <= value z f) (coordinates t) ->
  inside d (corners t) z (map (value z) (coordinates t)).
Proof.
  unfold cell_ok. intros H F. bools. apply Nat.eqb_eq in H. repeat split.
  - rewrite map_length. auto.
  - apply Forall_map. exact F.
  - apply (vanishes_minus z) in H1. unfold interpolated in H1. rewrite value_mixed, value_const, map_map in H1. real.
    rewrite rmix_ones in H1; auto.
    + rewrite !map_length. auto.
    + apply Forall_map, Forall_forall. intros. real. auto.
  - intros a A. rewrite forallb_forall in H0. apply indices_spec in A. apply H0 in A.
    apply (vanishes_minus z) in A. rewrite value_key, value_interpolated in A. auto.
Qed.

(** An affine function of a mixture is the mixture of its values. *)
Lemma rmix_add ls : forall rs ss, length ls = length rs -> length ls = length ss ->
  forall a b, rmix ls (map (fun '(r, s) => a * r + b * s) (combine rs ss)) = a * rmix ls rs + b * rmix ls ss.
Proof.
  induction ls as [|l ls IH]; intros [|r rs] [|s ss] L L' a b; simpl in *; try discriminate; [lra|].
  rewrite IH by auto. lra.
Qed.

Lemma value_mix d f z ls t : inside d t z ls -> keys_up_to d f = true ->
  value z f = rmix ls (map (fun p => value (corner_point p) f) t).
Proof.
  intros (L & _ & S & P) K. unfold value.
  assert (W : forall l, (forall k q, In (k, q) l -> up_to d k) ->
    weighted z l = rmix ls (map (fun p => weighted (corner_point p) l) t)).
  { induction l as [|[k q] l IH]; intros H.
    - simpl. clear - L. revert t L. induction ls; intros [|c t] L; simpl in *; try discriminate; auto.
      rewrite <- IHls by auto. lra.
    - cbn [weighted]. rewrite IH, P by (intros; eapply H; try (left; reflexivity); right; eauto). rewrite mix_rmix.
      pose proof (rmix_add ls (map (fun c => Q2R (entry 0%Q (place c) k)) t) (map (fun p => weighted (corner_point p)
        l) t)
        ltac:(rewrite map_length; auto) ltac:(rewrite map_length; auto) (Q2R q) 1) as E.
      rewrite Rmult_1_l in E. rewrite <- E. f_equal. clear. induction t; simpl; auto. rewrite IHt. f_equal.
      unfold corner_point. lra. }
  rewrite W by (intros; eapply keys_spec; eauto).
  clear W P K. revert t L. revert S. generalize (Q2R (fst f)) as c.
  assert (G : forall c ls t, length ls = length t ->
    c * fold_right Rplus 0 ls + rmix ls (map (fun p => weighted (corner_point p) (snd f)) t) =
    rmix ls (map (fun p => c + weighted (corner_point p) (snd f)) t)).
  { clear. intros c. induction ls; intros [|p t] L; simpl in *; try discriminate; [lra|].
    rewrite <- IHls by auto. lra. }
  intros c S t L. rewrite <- G by auto. rewrite S. lra.
Qed.

Lemma rmix_unit ls : forall rs i, length ls = length rs ->
  (forall j, (j < length rs)%nat -> nth j rs 0 = if Nat.eqb i j then 1 else 0) -> rmix ls rs = nth i ls 0.
Proof.
  induction ls as [|l ls IH]; intros [|r rs] i L H; simpl in *; try discriminate; [destruct i; auto|].
  pose proof (H 0%nat ltac:(lia)) as H0. simpl in H0. destruct i as [|i].
  - rewrite H0. assert (rmix ls rs = 0).
    { assert (Z : forall j, (j < length rs)%nat -> nth j rs 0 = 0) by (intros j J; specialize (H (S j) ltac:(lia));
      auto).
      clear - Z. revert rs Z. induction ls; intros [|r rs] Z; simpl; auto.
      rewrite IHls by (intros j J; apply (Z (S j)); simpl; lia). pose proof (Z 0%nat ltac:(simpl; lia)) as E.
      simpl in E. rewrite E. lra. }
    cbn [Nat.eqb]. lra.
  - rewrite H0. cbn [Nat.eqb]. rewrite (IH rs i) by (auto; intros j J; specialize (H (S j) ltac:(lia)); auto). lra.
Qed.

(** In a simplex the barycentric coordinates are the values of the forms. *)
Lemma coordinates_inside d t z ls : cell_ok d t = true -> inside d (corners t) z ls ->
  map (value z) (coordinates t) = ls.
Proof.
  intros C I. pose proof I as (L & _). unfold cell_ok in C. bools. apply Nat.eqb_eq in H.
  apply (nth_ext _ _ 0 0); [rewrite map_length; lia|]. intros i Hi. rewrite map_length in Hi.
  rewrite (nth_indep _ 0 (value z (const 0))) by (rewrite map_length; auto). rewrite map_nth.
  set (f := nth i (coordinates t) (const 0)).
  assert (K : keys_up_to d f = true) by (rewrite forallb_forall in H3; apply H3, nth_In; auto).
  rewrite (value_mix d f z ls (corners t)) by auto.
  apply rmix_unit; rewrite map_length; auto. intros j J.
  rewrite (nth_indep _ 0 (value (corner_point no_corner) f)) by (rewrite map_length; auto).
  rewrite map_nth with (f := fun p => value (corner_point p) f).
  rewrite forallb_forall in H2. specialize (H2 i ltac:(apply in_seq; lia)). rewrite forallb_forall in H2.
  specialize (H2 j ltac:(apply in_seq; lia)). unfold dual in H2. fold f in H2.
  apply (vanishes_minus z) in H2. rewrite value_const in H2.
  rewrite (value_at_point d _ _ (corner_point (nth j (corners t) no_corner))) in H2 by (auto using corner_located).
  rewrite H2. destruct (Nat.eqb i j); real; auto.
Qed.

(** * The machine. *)
Section Machine.
Variable d : nat.
Variable program : M.t node.
Variable B : list (list Q).
Variable cells : list cell.
Variable g : vector -> vector.
Variable v : vector.

Definition node_value (w : vector) (o : node) : R :=
  match o with Op o => op_value w o | SeedAt shift i => g (moved B shift w) i | Product theta k => w theta * w k end.

Hypothesis Hprogram : forall k o, M.find k program = Some o -> v k = node_value v o.
Hypothesis Hg : represents d (map corners cells) g.
Hypothesis Hcells : forallb (cell_ok d) cells = true.

Lemma ok_cell t : In t cells -> cell_ok d t = true.
Proof. intros. eapply forallb_forall in Hcells; eauto. Qed.

Fixpoint holds (h : goal) : Prop :=
  match h with Same k f => v k = value v f | Nonneg f => 0 <= value v f | Both h h' => holds h /\ holds h' end.
Definition frame_holds (fr : frame) : Prop := ok_forms v (forms fr) -> ok_facts v (facts fr) -> holds (aim fr).

Lemma value_row row : forall k, value v (row_form k row) = dot_from k row v.
Proof.
  induction row as [|q row IH]; intros k; simpl; [rewrite value_const; real; auto|].
  rewrite value_add_mul, value_key, IH. auto.
Qed.

Lemma moved_located shift : locates d v (moved_forms d B shift) (moved B shift v).
Proof.
  apply located. intros a _. unfold moved_form. rewrite value_minus, value_const, value_row. reflexivity.
Qed.

Lemma value_source fr j : ok_forms v (forms fr) -> value v (source_form program fr j) = v j.
Proof.
  intros H. unfold source_form. destruct (M.find j (forms fr)) eqn:E; [symmetry; auto|].
  destruct (M.find j program) as [[[l b|]| |]|] eqn:P; try apply value_key.
  rewrite value_expand, value_const by auto. symmetry. exact (Hprogram _ _ P).
Qed.

Lemma relu_of_spec k fr e : ok_forms v (forms fr) -> relu_of program k fr = Some e -> v k = Rmax 0 (value v e).
Proof.
  unfold relu_of. intros H. destruct (M.find k program) as [[[| j]| |]|] eqn:E; try discriminate.
  intros [= <-]. rewrite (Hprogram _ _ E). simpl. rewrite value_source; auto.
Qed.

Lemma max_scale_pos s a : 0 <= s -> Rmax 0 (s * a) = s * Rmax 0 a.
Proof. intros. unfold Rmax. repeat destruct Rle_dec; nra. Qed.
Lemma max_scale_neg s a : s <= 0 -> Rmax 0 (s * a) = - s * (Rmax 0 a - a).
Proof. intros. unfold Rmax. repeat destruct Rle_dec; nra. Qed.

Lemma coordinates_at_point where_ w t : cell_ok d t = true -> locates d v where_ w ->
  Forall (fun f => value v (at_point where_ f) = value w f) (coordinates t).
Proof.
  intros C L. apply Forall_forall. intros f I. eapply value_at_point; eauto.
  unfold cell_ok in C. bools. rewrite forallb_forall in H3. auto.
Qed.

Lemma out_of_spec fr shift i t o ls : In t cells -> ok_facts v (facts fr) ->
  out_of fr (moved_forms d B shift) i t o = true -> inside d (corners t) (moved B shift v) ls ->
  mix ls (corners t) values i = 0.
Proof.
  intros T F C I. pose proof (ok_cell t T) as OK. pose proof (moved_located shift) as L.
  pose proof (coordinates_inside _ _ _ _ OK I) as E. destruct I as (_ & P & _).
  unfold out_of in C. destruct (add_facts _ _ _) as [known n] eqn:A.
  assert (K : ok_facts v known).
  { replace known with (fst (known, n)) by reflexivity. rewrite <- A. apply ok_add_facts; auto.
    apply Forall_map. rewrite <- E in P. rewrite Forall_map in P.
    pose proof (coordinates_at_point _ _ _ OK L) as X. rewrite Forall_forall in *. intros f J. rewrite X; auto. }
  destruct o.
  - apply (nonneg_spec v) in C; auto. rewrite value_const in C. real. lra.
  - bools. apply (nonneg_spec v) in H; auto. apply (nonneg_spec v) in H0; auto. rewrite value_opposite in H0.
    rewrite (value_at_point d v _ (moved B shift v)) in H, H0 by auto using keys_interpolated.
    unfold value_at in H, H0. rewrite value_interpolated, E in H, H0. lra.
Qed.

Lemma out_of_all_spec fr shift i : ok_facts v (facts fr) ->
  forall l o, incl l cells -> out_of_all fr (moved_forms d B shift) i l o = true ->
  forall t ls, In t l -> inside d (corners t) (moved B shift v) ls -> mix ls (corners t) values i = 0.
Proof.
  intros F l. induction l as [|t l IH]; intros o S C t' ls T I; [destruct T|].
  destruct o as [|e o]; simpl in C; [discriminate|]. bools. destruct T as [->|T].
  - eapply out_of_spec; eauto. apply S; left; auto.
  - eapply IH; eauto. intros x X. apply S; right; auto.
Qed.

Lemma seed_outside z i : (forall t ls, In t cells -> inside d (corners t) z ls -> mix ls (corners t) values i = 0) ->
  g z i = 0.
Proof.
  intros H. destruct (Req_dec (g z i) 0) as [|N]; auto.
  apply (proj2 Hg). intros t ls T I. apply N. apply in_map_iff in T as (t' & <- & T).
  rewrite (proj1 Hg _ _ _ (in_map corners _ _ T) I). eauto.
Qed.

Lemma products_spec theta l : forall at_ acc f, products program theta l at_ acc = Some f ->
  value v f = v theta * weighted v l + value v acc.
Proof.
  induction l as [|[k q] l IH]; intros [|j at_] acc f; simpl; try discriminate; try (intros [= <-]; lra).
  destruct (M.find j program) as [[| |t i]|] eqn:E; try discriminate.
  destruct (Pos.eqb_spec t theta) as [->|]; [|discriminate]. destruct (Pos.eqb_spec i k) as [->|]; [|discriminate].
  simpl. intros H. apply IH in H. rewrite H, value_add_mul, value_key, (Hprogram _ _ E). simpl. lra.
Qed.

Lemma multiplied_spec theta f at_ f' : multiplied program theta f at_ = Some f' -> value v f' = v theta * value v f.
Proof.
  intros H. apply products_spec in H. rewrite H, value_add_mul, value_key, value_const. real. unfold value. lra.
Qed.

Lemma assuming_spec h : forall fr, holds h -> ok_forms v (forms fr) -> ok_facts v (facts fr) ->
  ok_forms v (forms (assuming fr h)) /\ ok_facts v (facts (assuming fr h)) /\ aim (assuming fr h) = aim fr.
Proof.
  induction h as [k f|f|h IH h' IH']; simpl; intros fr H E F.
  - auto using ok_add_form.
  - auto using ok_add_fact.
  - destruct H as [H H']. destruct (IH fr H E F) as (E' & F' & A). rewrite <- A. auto.
Qed.

Ltac open := match goal with H : match ?x with _ => _ end = Some _ |- _ => destruct x eqn:?; try discriminate end.
Ltac on_one := repeat match goal with
  | H : when ?b _ = Some _ |- _ => unfold when in H; destruct b eqn:?; [|discriminate]
  | H : Some _ = Some _ |- _ => injection H as <-
  | H : Forall _ (_ :: _) |- _ => apply Forall_cons_iff in H; destruct H
  | H : Forall _ [] |- _ => clear H
  end.

Theorem step_sound s fr new : left_over d program B cells fr s = Some new -> Forall frame_holds new -> frame_holds fr.
Proof.
  intros C N HE HF. unfold frame_holds in N.
  destruct s; simpl in C; repeat open; on_one; bools; simpl in *; subst;
  try match goal with E : relu_of _ ?k fr = Some ?e |- _ => pose proof (relu_of_spec _ _ _ HE E) as R end.
  - repeat match goal with E : nonneg _ _ _ = true |- _ => apply (nonneg_spec v) in E; [|assumption] end.
    rewrite !value_minus, value_form_of in * by auto. lra.
  - apply (nonneg_spec v) in Heqb; auto. unfold at_point in Heqb. rewrite value_expand, value_const in Heqb by auto.
    unfold value. lra.
  - apply (nonneg_spec v) in Heqb; auto. rewrite value_const in Heqb. real. lra.
  - destruct (Rle_dec 0 (value v f)).
    + apply H; auto. apply ok_add_fact; auto.
    + apply H0; auto. apply ok_add_fact; auto. rewrite value_opposite. lra.
  - assert (G : holds g0) by auto. destruct (assuming_spec g0 fr G HE HF) as (E & F & A). rewrite <- A. auto.
  - auto.
  - apply H; auto. apply ok_add_form; auto. rewrite (Hprogram _ _ Heqo), value_expand, value_const by auto. reflexivity.
  - apply H; auto. apply ok_add_form; auto. rewrite R. apply Rmax_right. eapply nonneg_spec; eauto.
  - apply H; auto. apply ok_add_form; auto. rewrite R, value_const, real_0. apply Rmax_left.
    apply (nonneg_spec v) in Heqb; auto. rewrite value_opposite in Heqb. lra.
  - apply H; auto. apply ok_add_form; auto. pose proof (relu_of_spec _ _ _ HE Heqo0) as R'.
    apply (vanishes_spec v) in Heqb. rewrite value_add_mul in Heqb. real.
    rewrite (relu_of_spec _ _ _ HE Heqo). replace (value v f) with (Q2R s * value v f0) by lra.
    destruct (is_nonneg s) eqn:S.
    + apply is_nonneg_true in S. rewrite max_scale_pos, value_add_mul, value_const, value_form_of, R' by auto. real.
      lra.
    + apply is_nonneg_false in S.
      rewrite max_scale_neg, value_add_mul, value_minus, value_const, value_form_of, R' by auto. real. lra.
  - apply H; auto. apply ok_add_form; auto. symmetry. apply value_key.
  - pose proof (Rmax_l 0 (value v f)). pose proof (Rmax_r 0 (value v f)).
    apply H; auto. repeat apply ok_add_fact; auto; rewrite ?value_minus, value_form_of; auto; lra.
  - repeat match goal with E : nonneg _ _ _ = true |- _ => apply (nonneg_spec v) in E; [|assumption] end.
    rewrite value_minus in *.
    match goal with N : _ -> _ -> holds _ |- _ => apply N; auto end. apply ok_add_fact; auto.
    rewrite value_minus, value_form_of, R by auto. unfold Rmax. destruct Rle_dec; lra.
  - apply H; auto. apply ok_add_form; auto. rewrite (Hprogram _ _ Heqo). simpl.
    pose proof (nth_error_In _ _ Heqo0) as T. pose proof (ok_cell _ T) as OK. pose proof (moved_located shift) as L.
    rewrite (value_at_point d v _ (moved B shift v)) by auto using keys_interpolated.
    unfold value_at. rewrite value_interpolated. apply (proj1 Hg); [apply in_map; auto|].
    apply inside_cell; auto. apply (all_nonneg_spec v) in Heqb; auto. rewrite Forall_map in Heqb.
    pose proof (coordinates_at_point _ _ _ OK L) as X. rewrite Forall_forall in *. intros f J. rewrite <- X; auto.
  - apply H; auto. apply ok_add_form; auto. rewrite (Hprogram _ _ Heqo), value_const, real_0. simpl.
    apply seed_outside. intros t ls T I. eapply out_of_all_spec; eauto. apply incl_refl.
  - apply H; auto. apply ok_add_form; auto. rewrite (Hprogram _ _ Heqo). simpl.
    rewrite (multiplied_spec _ _ _ _ Heqo0), value_source; auto.
  - repeat match goal with E : nonneg _ _ _ = true |- _ => apply (nonneg_spec v) in E; [|assumption] end.
    apply multiplied_spec in Heqo. rewrite value_add_mul, value_key, value_const in *.
    match goal with N : _ -> _ -> holds _ |- _ => apply N; auto end. apply ok_add_fact; auto.
    rewrite !value_add_mul, value_const, Heqo. real. nra.
Qed.

Lemma advance_sound s stack stack' : advance d program B cells s stack = Some stack' ->
  Forall frame_holds stack' -> Forall frame_holds stack.
Proof.
  destruct stack as [|fr rest]; simpl; [discriminate|]. destruct left_over as [new|] eqn:E; [|discriminate].
  intros [= <-] H. apply Forall_app in H as [H H']. constructor; auto. eapply step_sound; eauto.
Qed.

Theorem proof_sound proof : forall stack, advance_all d program B cells proof stack = Some [] ->
  Forall frame_holds stack.
Proof.
  induction proof as [|s proof IH]; simpl; intros stack; [intros [= ->]; constructor|].
  destruct advance as [stack'|] eqn:E; [|discriminate]. intros H. eapply advance_sound; eauto.
Qed.
End Machine.
