(** The theorems: whoever answers a question with a proof has shown the statement. *)
From Coq Require Import QArith Qreals Reals Lra Lia List FMapPositive Bool.
From ExactRelu Require Import Statement Kernel Sound Programs.
Import ListNotations.
Open Scope R_scope.

(** * Rows and matrices. *)
Lemma dot_plus_row q a : forall b k z, dot_from k (plus_row q a b) z = Q2R q * dot_from k a z + dot_from k b z.
Proof.
  induction a as [|x a IH]; intros [|y b] k z; simpl; try lra.
  - rewrite real_mul. enough (E : forall k, dot_from k (map (qmul q) a) z = Q2R q * dot_from k a z) by (rewrite E; lra).
    clear. induction a; intros; simpl; [lra|]. rewrite IHa. real. lra.
  - rewrite IH. real. lra.
Qed.

Lemma entry_cons {T} (z x : T) l k : entry z (x :: l) (Pos.succ k) = entry z l k.
Proof. unfold entry. rewrite Pos2Nat.inj_succ. simpl. pose proof (Pos2Nat.is_pos k). destruct (Pos.to_nat k); [lia|]. auto. Qed.
Lemma entry_first {T} (z x : T) l : entry z (x :: l) 1 = x. Proof. reflexivity. Qed.
Lemma entry_nil {T} (z : T) k : entry z [] k = z. Proof. unfold entry. destruct (Nat.pred (Pos.to_nat k)); auto. Qed.
Lemma entry_map {S T} (f : S -> T) z l k : entry (f z) (map f l) k = f (entry z l k).
Proof. unfold entry. apply map_nth. Qed.

(** dot_from k row z, with the rows of C for z. *)
Lemma dot_times row : forall C z (w : vector) k, (forall a, w (Pos.add k a) = dot (entry [] C (Pos.succ a)) z) ->
  w k = dot (entry [] C 1) z -> dot_from k row w = dot (times row C) z.
Proof.
  induction row as [|q row IH]; intros [|c C] z w k H H1; simpl; auto.
  - assert (E : forall k', (k <= k')%positive -> w k' = 0).
    { intros k' L. destruct (Pos.eq_dec k k') as [<-|N]; [rewrite H1, entry_nil; auto|].
      replace k' with (Pos.add k (Pos.sub k' k)) by lia. rewrite H, entry_nil. auto. }
    rewrite E by lia.
    enough (F : forall l j, (k <= j)%positive -> dot_from j l w = 0) by (rewrite F by lia; unfold dot; simpl; lra).
    induction l as [|x l IHl]; intros j L; simpl; auto. rewrite E, IHl by lia. lra.
  - unfold dot at 1. rewrite dot_plus_row. rewrite H1, entry_first. fold (dot c z). f_equal.
    apply IH.
    + intros a. specialize (H (Pos.succ a)). rewrite entry_cons in H. rewrite <- H. f_equal. lia.
    + specialize (H 1%positive). rewrite (entry_cons _ c C 1) in H. rewrite <- H. f_equal. lia.
Qed.

Lemma dot_product row C z (w : vector) : (forall a, w a = dot (entry [] C a) z) -> dot row w = dot (times row C) z.
Proof.
  intros H. unfold dot at 1. apply dot_times; auto. intros a. rewrite H. f_equal. f_equal. lia.
Qed.

Lemma dot_sub row : forall k z w, dot_from k row (fun a => z a - w a) = dot_from k row z - dot_from k row w.
Proof. induction row as [|q row IH]; intros; simpl; [lra|]. rewrite IH. lra. Qed.

Lemma dot_add row z w : dot row (fun a => z a + w a) = dot row z + dot row w.
Proof. unfold dot. generalize 1%positive. induction row as [|q row IH]; intros; simpl; [lra|]. rewrite IH. lra. Qed.

Lemma dot_ext row : forall k z w, (forall a, (k <= a)%positive -> (Pos.to_nat a < Pos.to_nat k + length row)%nat -> z a = w a) ->
  dot_from k row z = dot_from k row w.
Proof.
  induction row as [|q row IH]; intros k z w H; simpl; auto. rewrite (H k) by (simpl; lia).
  rewrite (IH (Pos.succ k) z w); auto. intros a L M. apply H; [lia|]. simpl. lia.
Qed.

Lemma qdot_spec a : forall b k, Q2R (qdot a b) = dot_from k a (fun j => Q2R (entry 0%Q b (Pos.succ j - k))).
Proof.
  induction a as [|x a IH]; intros [|y b] k; simpl; real; auto.
  - enough (E : forall l j, dot_from j l (fun i => Q2R (entry 0%Q [] (Pos.succ i - k))) = 0).
    { rewrite E, entry_nil. real. lra. }
    induction l as [|q l IHl]; intros j; simpl; auto. rewrite IHl, entry_nil. real. lra.
  - rewrite (IH b (Pos.succ k)). replace (Pos.succ k - k)%positive with 1%positive by lia. rewrite entry_first.
    f_equal. apply dot_ext. intros j L _.
    replace (Pos.succ j - k)%positive with (Pos.succ (Pos.succ j - Pos.succ k)) by lia. rewrite entry_cons. auto.
Qed.

Lemma qdot_dot a b : Q2R (qdot a b) = dot a (fun j => Q2R (entry 0%Q b j)).
Proof. rewrite (qdot_spec a b 1). apply dot_ext. intros j _ _. do 3 f_equal. lia. Qed.

Lemma dot_unit a z : dot (unit_row a) z = z a.
Proof.
  unfold dot, unit_row. assert (G : forall n k, dot_from k (repeat 0%Q n ++ [1%Q]) z = z (Pos.of_nat (Pos.to_nat k + n))).
  { induction n as [|n IH]; intros k; simpl.
    - rewrite Nat.add_0_r, Pos2Nat.id. real. lra.
    - rewrite IH. real. rewrite Rmult_0_l, Rplus_0_l. f_equal. f_equal. lia. }
  rewrite G. f_equal. pose proof (Pos2Nat.is_pos a). apply Pos2Nat.inj. rewrite Nat2Pos.id by lia. simpl. lia.
Qed.

Lemma entry_indices {T} d (f : positive -> T) z a : up_to d a -> entry z (map f (indices d)) a = f a.
Proof.
  intros U. unfold entry, up_to in *. pose proof (Pos2Nat.is_pos a).
  rewrite nth_indep with (d' := f 1%positive) by (rewrite map_length; unfold indices; rewrite map_length, seq_length; lia).
  rewrite map_nth. f_equal. unfold indices.
  rewrite nth_indep with (d' := Pos.of_nat 0) by (rewrite map_length, seq_length; lia).
  rewrite map_nth, seq_nth by lia. rewrite <- (Pos2Nat.id a) at 2. f_equal. lia.
Qed.

Lemma rows_spec d B a : rows_up_to d B = true -> (length (entry [] B a) <= d)%nat.
Proof.
  unfold rows_up_to, entry. rewrite forallb_forall. intros H.
  destruct (nth_in_or_default (Nat.pred (Pos.to_nat a)) B []) as [I|E].
  - apply Nat.leb_le, H, I.
  - rewrite E. simpl. lia.
Qed.

(** * Functions of the first d coordinates. *)
Definition alike (d : nat) (z w : vector) := forall a, up_to d a -> z a = w a.
Definition local (d : nat) (f : vector -> vector) := forall z w, alike d z w -> forall i, f z i = f w i.

Lemma alike_refl d z : alike d z z. Proof. intros a _. auto. Qed.

Lemma moved_alike d B k z w : rows_up_to d B = true -> alike d z w -> forall a, moved B k z a = moved B k w a.
Proof.
  intros R H a. unfold moved. f_equal. apply dot_ext. intros j _ L. apply H. unfold up_to.
  pose proof (rows_spec d B a R). simpl in L. lia.
Qed.

Lemma represents_local d seed g : represents d seed g -> local d g.
Proof.
  intros [IN OUT] z w A i. destruct (Req_dec (g z i) (g w i)) as [|N]; auto. exfalso.
  assert (T : forall t ls, inside d t z ls <-> inside d t w ls).
  { intros t ls. unfold inside. split; intros (? & ? & ? & H); repeat split; auto; intros a U; rewrite <- H by auto;
    [symmetry|]; apply A, U. }
  assert (O : forall t ls, In t seed -> ~ inside d t z ls).
  { intros t ls I J. apply N. rewrite (IN t z ls I J). symmetry. apply (IN t w ls I). apply T, J. }
  apply N. rewrite (OUT z), (OUT w); auto. intros t ls I J. apply (O t ls I). apply T, J.
Qed.

Lemma refine_local d A m f : rows_up_to d A = true -> local d f -> local d (refine A m f).
Proof.
  intros R L z w H i. induction m as [|[k C] m IH]; simpl; auto. rewrite IH. f_equal. apply dot_ext. intros j _ _.
  apply L. intros a _. apply (moved_alike d); auto.
Qed.

Lemma iterate_local d A ms g : rows_up_to d A = true -> local d g -> local d (iterate A ms g).
Proof. intros R L. induction ms; simpl; auto. apply refine_local; auto. Qed.

(** * The closed form. *)
Definition total (B : list (list Q)) (f : vector -> vector) (z : vector) (l : translates) : R :=
  fold_right (fun '(shift, row) acc => dot row (f (moved B shift z)) + acc) 0 l.

Lemma same_list_spec a : forall b, same_list a b = true -> forall k, Q2R (entry 0%Q a k) = Q2R (entry 0%Q b k).
Proof.
  induction a as [|x a IH]; intros [|y b] H k; simpl in H; try discriminate; auto. bools.
  apply Qeq_bool_eq, Qeq_eqR in H. destruct (Pos.eq_dec k 1) as [->|N]; auto.
  replace k with (Pos.succ (Pos.pred k)) by lia. rewrite !entry_cons. auto.
Qed.

Lemma total_collect d B f z shift row l : local d f ->
  total B f z (collect shift row l) = dot row (f (moved B shift z)) + total B f z l.
Proof.
  intros L. induction l as [|[shift' row'] l IH]; simpl; auto.
  destruct (same_list shift shift') eqn:E; simpl; [|rewrite IH; lra].
  unfold dot at 1. rewrite dot_plus_row. real. fold (dot row (f (moved B shift' z))) (dot row' (f (moved B shift' z))).
  assert (dot row (f (moved B shift z)) = dot row (f (moved B shift' z))) as ->; [|lra].
  apply dot_ext. intros i _ _. apply L. intros a _. unfold moved. rewrite (same_list_spec _ _ E). auto.
Qed.

Section Closed.
Variable d : nat.
Variable A : list (list Q).
Hypothesis HA : rows_up_to d A = true.

Lemma moved_moved B k shift z : alike d (moved A k (moved B shift z)) (moved (product A B) (image d A shift k) z).
Proof.
  intros a U. unfold moved at 1 3. unfold image. rewrite entry_indices by auto. real.
  rewrite qdot_dot. unfold product.
  change (@nil Q) with ((fun row => times row B) []) at 2. rewrite entry_map.
  rewrite <- (dot_product (entry [] A a) B z (fun b => dot (entry [] B b) z)) by auto.
  unfold moved, dot at 1. rewrite dot_sub. fold (dot (entry [] A a) (fun b => dot (entry [] B b) z)).
  fold (dot (entry [] A a) (fun j => Q2R (entry 0%Q shift j))). lra.
Qed.

Lemma dot_refine m f w row : dot row (refine A m f w) =
  fold_right (fun '(k, C) acc => dot (times row C) (f (moved A k w)) + acc) 0 m.
Proof.
  induction m as [|[k C] m IH]; simpl.
  - enough (forall k, dot_from k row (refine A [] f w) = 0) by (unfold dot; auto).
    induction row; intros; simpl; auto. rewrite IHrow by auto. simpl. lra.
  - rewrite <- IH. rewrite <- (dot_product row C (f (moved A k w)) (fun i => dot (entry [] C i) (f (moved A k w)))) by auto.
    apply dot_add.
Qed.

Lemma total_refined B f z m l : local d f ->
  total B (refine A m f) z l = total (product A B) f z (refined d A m l).
Proof.
  intros L. induction l as [|[shift row] l IH]; simpl; auto. rewrite IH, dot_refine.
  clear IH. generalize (refined d A m l) as acc. intros acc. induction m as [|[k C] m IHm]; simpl; [lra|].
  rewrite (total_collect d) by auto. rewrite <- IHm.
  assert (dot (times row C) (f (moved A k (moved B shift z))) =
          dot (times row C) (f (moved (product A B) (image d A shift k) z))) as ->; [|lra].
  apply dot_ext. intros i _ _. apply L, moved_moved.
Qed.

Lemma closed_form_spec g z ms : local d g -> forall B l,
  total B (iterate A ms g) z l = (let (B', l') := closed_form d A ms B l in total B' g z l').
Proof.
  intros L. induction ms as [|m ms IH]; intros B l; simpl; auto.
  rewrite total_refined by (apply iterate_local; auto). apply IH.
Qed.
End Closed.

Definition terms_value (B : list (list Q)) (g : vector -> vector) (z : vector) (l : list (list Q * positive * Q)) : R :=
  fold_right (fun '(shift, i, q) acc => Q2R q * g (moved B shift z) i + acc) 0 l.

Lemma terms_app B g z a b : terms_value B g z (a ++ b) = terms_value B g z a + terms_value B g z b.
Proof. induction a as [|[[? ?] ?] a IH]; simpl; [lra|]. rewrite IH. lra. Qed.

Lemma all_terms_value B g z l : total B g z l = terms_value B g z (all_terms l).
Proof.
  induction l as [|[shift row] l IH]; simpl; auto. rewrite terms_app, <- IH. f_equal. unfold dot. generalize 1%positive.
  induction row as [|q row IHr]; intros i; simpl; auto. rewrite IHr. destruct (is_zero q) eqn:E; simpl; auto.
  apply is_zero_spec in E. rewrite E. lra.
Qed.

Theorem iterate_form_spec p g z : rows_up_to (dimension p) (matrix p) = true -> local (dimension p) g ->
  iterate (matrix p) (masks p) g z (component p) =
  (let (B, l) := iterate_form p in terms_value B g z (all_terms l)).
Proof.
  intros R L. unfold iterate_form.
  pose proof (closed_form_spec (dimension p) (matrix p) R g z (masks p) L
    (map unit_row (indices (dimension p))) [([], unit_row (component p))]) as E.
  destruct closed_form as [B l]. rewrite <- all_terms_value, <- E. simpl. rewrite dot_unit, Rplus_0_r.
  apply (iterate_local _ _ _ _ R L). intros a U. unfold moved. rewrite entry_indices by auto.
  rewrite dot_unit, entry_nil. real. lra.
Qed.

(** * Programs. *)
Section Run.
Variable d : nat.
Variable B : list (list Q).
Variable g : vector -> vector.
Hypothesis HB : rows_up_to d B = true.
Hypothesis Hg : local d g.

Fixpoint run_all (k : positive) (l : list node) (v : vector) : vector :=
  match l with [] => v | o :: rest => run_all (Pos.succ k) rest (set v k (node_value B g v o)) end.

Lemma set_same v k r : set v k r k = r. Proof. unfold set. rewrite Pos.eqb_refl. auto. Qed.
Lemma set_other v k r j : j <> k -> set v k r j = v j.
Proof. unfold set. destruct (Pos.eqb_spec j k); intros; [contradiction|auto]. Qed.

Lemma run_keeps l : forall k v j, (j < k)%positive -> run_all k l v j = v j.
Proof. induction l as [|o l IH]; simpl; intros; auto. rewrite IH by lia. apply set_other. lia. Qed.

Lemma first_spec a : up_to d a -> (a < first d)%positive.
Proof. unfold up_to, first. intros. pose proof (Pos2Nat.is_pos a). apply Pos2Nat.inj_lt. rewrite Nat2Pos.id; lia. Qed.

Lemma node_value_ext v w k o : below d k o = true -> (forall j, (j < k)%positive -> v j = w j) ->
  node_value B g v o = node_value B g w o.
Proof.
  destruct o as [[l b|j]|shift i|theta j]; simpl; intros H E.
  - f_equal. apply weighted_ext. intros j q I. apply E. eapply forallb_forall in H; eauto. apply Pos.ltb_lt, H.
  - rewrite E; auto. apply Pos.ltb_lt, H.
  - apply Hg. intros a _. apply (moved_alike d); auto. intros j U. apply E. apply Pos.leb_le in H.
    pose proof (first_spec j U). lia.
  - apply andb_prop in H as [T J]. rewrite !E; auto; apply Pos.ltb_lt; auto.
Qed.

Lemma run_consistent l : forall k v m, ordered d k l = true ->
  (forall j o, M.find j m = Some o -> (j < k)%positive /\ below d j o = true /\ v j = node_value B g v o) ->
  forall j o, M.find j (table k l m) = Some o -> run_all k l v j = node_value B g (run_all k l v) o.
Proof.
  induction l as [|o l IH]; simpl; intros k v m O H j o' F.
  - apply H in F as (_ & _ & F). exact F.
  - apply andb_prop in O as [W O]. eapply IH; [exact O| |exact F]. intros i p. rewrite find_add.
    destruct (Pos.eqb_spec i k) as [->|N].
    + intros [= <-]. split; [lia|split; auto]. rewrite set_same. apply (node_value_ext _ _ k); auto.
      intros. rewrite set_other; auto. lia.
    + intros E. apply H in E as (L & W' & E). split; [lia|split; auto]. rewrite set_other by auto. rewrite E.
      apply (node_value_ext _ _ i); auto. intros. rewrite set_other; auto. lia.
Qed.

Lemma run_app a : forall b k v, run_all k (a ++ b) v = run_all (after k a) b (run_all k a v).
Proof. induction a; simpl; intros; auto. Qed.
Lemma run_ops l : forall k v, run_all k (map Op l) v = run k l v.
Proof. induction l; simpl; intros; auto. Qed.
End Run.

Lemma after_app {T} (a : list T) : forall b k, after k (a ++ b) = after (after k a) b.
Proof. induction a; simpl; intros; auto. Qed.
Lemma after_map {S T} (f : S -> T) a : forall k, after k (map f a) = after k a.
Proof. induction a; simpl; intros; auto. Qed.
Lemma after_le {T} (a : list T) : forall k, (k <= after k a)%positive.
Proof. induction a; simpl; intros; [lia|]. specialize (IHa (Pos.succ k)). lia. Qed.

Lemma run_seeds d B g l : rows_up_to d B = true -> local d g -> forall k v, (first d <= k)%positive ->
  weighted (run_all B g k (map (fun '(shift, i, _) => SeedAt shift i) l) v) (numbered k l) = - terms_value B g v l.
Proof.
  intros R L. induction l as [|[[shift i] q] l IH]; simpl; intros k v F; [lra|].
  rewrite IH by lia. rewrite run_keeps by lia. rewrite set_same, Q2R_opp.
  assert (E : terms_value B g (set v k (g (moved B shift v) i)) l = terms_value B g v l); [|rewrite E; lra].
  clear - R L F. induction l as [|[[s j] p] l IH]; simpl; auto. rewrite IH. f_equal. f_equal. apply L. intros a _.
  apply (moved_alike d); auto. intros b U. apply set_other. pose proof (first_spec d b U). lia.
Qed.

Lemma weighted_cons v k q l : weighted v ((k, q) :: l) = Q2R q * v k + weighted v l. Proof. reflexivity. Qed.

(** The last node is the network minus the iterate. *)
Lemma compared_value d B g net l z : rows_up_to d B = true -> local d g -> inside_network d net = true ->
  let all := compared d net l in
  run_all B g (first d) all z (Pos.pred (after (first d) all)) = net_value d net z - terms_value B g z l.
Proof.
  intros R L I. cbv zeta. unfold compared. rewrite app_assoc, !after_app. simpl.
  rewrite Pos.pred_succ, run_app, after_app. simpl. rewrite set_same. rewrite run_app, !after_map, run_ops.
  unfold inside_network in I. apply Pos.ltb_lt in I. set (k := after (first d) (nodes net)) in *.
  assert (K : (first d <= k)%positive) by apply after_le.
  rewrite real_1, real_0, run_seeds with (d := d) by auto. rewrite run_keeps by auto.
  unfold net_value. fold (first d). set (v := run (first d) (nodes net) z).
  assert (E : terms_value B g v l = terms_value B g z l); [|rewrite E; lra].
  clear - R L K. induction l as [|[[s j] p] l IH]; simpl; auto. rewrite IH. f_equal. f_equal. apply L. intros a _.
  apply (moved_alike d); auto. intros b U. unfold v. rewrite <- (run_ops B g). apply run_keeps. apply first_spec, U.
Qed.

(** * Networks side by side. *)
Lemma renamed_run d from v w l : forall k,
  (first d <= k)%positive -> (from <= renamed d from k)%positive -> (first d <= from)%positive ->
  forallb (fun j => Pos.ltb j k) [] = true ->
  (forall j, (j < k)%positive -> w (renamed d from j) = v j) ->
  ordered d k (map Op l) = true ->
  forall j, (j < after k l)%positive ->
    run (renamed d from k) (map (renamed_op d from) l) w (renamed d from j) = run k l v j.
Proof.
  revert v w. induction l as [|o l IH]; simpl; intros v w k K F FF _ H O j J; auto.
  apply andb_prop in O as [W O].
  assert (E : Pos.succ (renamed d from k) = renamed d from (Pos.succ k)).
  { unfold renamed. destruct (Pos.ltb_spec k (first d)); [lia|]. destruct (Pos.ltb_spec (Pos.succ k) (first d)); lia. }
  rewrite E. apply IH; auto; try lia.
  intros i I. destruct (Pos.eq_dec i k) as [->|N].
  - rewrite !set_same. destruct o as [t b|i]; simpl.
    + f_equal. simpl in W. clear - H W. induction t as [|[j q] t IHt]; simpl in *; auto.
      apply andb_prop in W as [W W']. rewrite IHt, H; auto. apply Pos.ltb_lt, W.
    + rewrite H; auto. apply Pos.ltb_lt, W.
  - rewrite !set_other; auto.
    + apply H. lia.
    + intros C. apply N. unfold renamed in C.
      destruct (Pos.ltb_spec i (first d)), (Pos.ltb_spec k (first d)); try lia.
Qed.

Lemma side_by_side_value d B g one other z :
  inside_network d one = true -> inside_network d other = true ->
  ordered d (first d) (map Op (nodes other)) = true ->
  let all := side_by_side d one other in
  run_all B g (first d) all z (Pos.pred (after (first d) all)) = net_value d one z - net_value d other z.
Proof.
  intros I J O. cbv zeta. unfold side_by_side. rewrite app_assoc, !after_app. simpl.
  rewrite Pos.pred_succ, run_app, after_app. simpl. rewrite set_same. simpl. rewrite !run_app, after_map, run_ops. unfold inside_network in *. apply Pos.ltb_lt in I, J.
  set (from := after (first d) (nodes one)) in *. assert (K : (first d <= from)%positive) by apply after_le.
  rewrite <- (map_map (renamed_op d from) Op), run_ops.
  assert (S : renamed d from (first d) = from).
  { unfold renamed. destruct (Pos.ltb_spec (first d) (first d)); lia. }
  set (v := run (first d) (nodes one) z).
  assert (E : run from (map (renamed_op d from) (nodes other)) v (renamed d from (output other)) = net_value d other z).
  { rewrite <- S at 1. unfold net_value. fold (first d). apply renamed_run; auto; try lia.
    - intros j L. unfold renamed. destruct (Pos.ltb_spec j (first d)); [|lia]. unfold v.
      rewrite <- (run_ops B g). apply run_keeps; auto. }
  rewrite E. real. rewrite Rmult_1_l.
  replace (run from (map (renamed_op d from) (nodes other)) v (output one)) with (v (output one)).
  - unfold net_value. fold (first d). fold v. lra.
  - symmetry. rewrite <- (run_ops B g). apply run_keeps. auto.
Qed.

(** * Seeds. *)
Fixpoint value_in_first (l : list cell) (d : nat) (z : vector) (i : positive) : R :=
  match l with
  | [] => 0
  | t :: rest => if Forall_dec (fun f => 0 <= value z f) (fun f => Rle_dec 0 (value z f)) (coordinates t)
                 then mix (map (value z) (coordinates t)) (corners t) values i
                 else value_in_first rest d z i
  end.

Lemma components_spec seed t i w : In t seed -> ~ In i (components seed) -> mix w t values i = 0.
Proof.
  intros T N. unfold components in N. rewrite indices_spec in N. unfold up_to in N.
  assert (Z : forall p, In p t -> entry 0%Q (values p) i = 0%Q).
  { intros p P. unfold entry. apply nth_overflow. pose proof (Pos2Nat.is_pos i).
    assert (length (values p) <= fold_right Nat.max 0 (map (fun p => length (values p)) (concat seed)))%nat; [|lia].
    assert (I : In p (concat seed)) by (apply in_concat; eauto).
    clear - I. induction (concat seed) as [|q l IH]; simpl; destruct I; subst; [lia|]. specialize (IH H). lia. }
  clear - Z. revert t Z. induction w; intros [|p t] Z; simpl; auto. rewrite IHw by (intros; apply Z; right; auto).
  rewrite Z by (left; auto). real. lra.
Qed.

Lemma agree_in_spec d t t' is w z : cell_ok d t = true -> cell_ok d t' = true ->
  Forall (fun f => 0 <= value z f) (coordinates t) -> Forall (fun f => 0 <= value z f) (coordinates t') ->
  agree_in (meeting t t') t t' is w = true -> forall i, In i is ->
  mix (map (value z) (coordinates t)) (corners t) values i = mix (map (value z) (coordinates t')) (corners t') values i.
Proof.
  intros C C' F F'. assert (K : ok_facts z (meeting t t')).
  { unfold meeting. apply ok_add_facts; [apply Forall_app; auto|apply ok_no_facts]. }
  revert w. induction is as [|j is IH]; intros [|[w1 w2] w] H i I; simpl in *; try discriminate; try contradiction.
  bools. destruct I as [->|I]; [|eauto].
  apply (nonneg_spec z) in H; auto. apply (nonneg_spec z) in H1; auto.
  rewrite value_opposite in H1. rewrite value_minus in *. unfold value_at in *. rewrite !value_interpolated in *. lra.
Qed.

Lemma seed_exists d seed coords w : seed_ok d seed coords w = true ->
  map corners (cells_of seed coords) = seed /\ exists g, represents d seed g.
Proof.
  unfold seed_ok. intros H. bools. apply Nat.eqb_eq in H. set (l := cells_of seed coords) in *.
  assert (E : map corners l = seed).
  { unfold l, cells_of. clear - H. revert coords H. induction seed as [|t s IH]; intros [|c cs] L; simpl in *;
    try discriminate; auto. f_equal. apply IH. lia. }
  split; auto. exists (value_in_first l d).
  assert (OK : forall t, In t l -> cell_ok d t = true) by (intros; eapply forallb_forall in H1; eauto).
  assert (G : forall t z i, In t l -> Forall (fun f => 0 <= value z f) (coordinates t) ->
    value_in_first l d z i = mix (map (value z) (coordinates t)) (corners t) values i).
  { intros t z i T F. assert (N : ~ In i (components seed) -> forall l', incl l' l -> value_in_first l' d z i = 0).
    { intros N. induction l' as [|a l' IH]; simpl; intros S; auto. destruct Forall_dec.
      - apply (components_spec seed); auto. rewrite <- E. apply in_map, S. left; auto.
      - apply IH. intros x X. apply S. right; auto. }
    destruct (in_dec Pos.eq_dec i (components seed)) as [I|I].
    - clear N. revert w H0 T. assert (S : incl l l) by apply incl_refl. revert S. generalize l at 1 3 4 5.
      induction l0 as [|a l0 IH]; intros S w A T; simpl in *; [contradiction|]. destruct w as [|e w]; [discriminate|].
      bools. destruct Forall_dec as [Fa|Na].
      + destruct T as [->|T]; auto.
        assert (Q : exists e, agree_in (meeting a t) a t (components seed) e = true).
        { clear - H0 T. revert e H0. induction l0 as [|b l0 IH]; intros [|x e] A; simpl in *; try contradiction; try discriminate.
          bools. destruct T as [->|T]; eauto. }
        destruct Q as [x X]. eapply agree_in_spec; eauto; apply OK, S; [left|right]; auto.
      + destruct T as [->|T]; [contradiction|]. eapply IH; eauto. intros x X. apply S. right; auto.
    - rewrite N by (auto using incl_refl). symmetry. apply (components_spec seed); auto.
      rewrite <- E. apply in_map; auto. }
  split.
  - intros t z ls T I i. rewrite <- E in T. apply in_map_iff in T as (c & <- & T).
    pose proof (coordinates_inside _ _ _ _ (OK c T) I) as X. rewrite (G c) by
      (auto; destruct I as (_ & P & _); rewrite <- X, Forall_map in P; auto). rewrite X. auto.
  - intros z N i. assert (W : forall t, In t l -> ~ Forall (fun f => 0 <= value z f) (coordinates t)).
    { intros t T F. apply (N (corners t) (map (value z) (coordinates t))); [rewrite <- E; apply in_map; auto|].
      apply inside_cell; auto. }
    clear - W. induction l as [|t l IH]; simpl; auto. destruct Forall_dec as [F|]; [exfalso; apply (W t); [left|]; auto|].
    apply IH. intros; apply W; right; auto.
Qed.

(** * Questions. *)
Lemma answers_advance q proof : forall stack, answers q proof stack =
  advance_all (q_dimension q) (q_program q) (q_matrix q) (q_cells q) proof stack.
Proof. induction proof as [|s p IH]; simpl; intros; auto. unfold answer. destruct advance; auto. Qed.

Lemma ask_sound d l B cells frames q proof g z : ask d l B cells frames = Some q ->
  answers q proof (q_frames q) = Some [] ->
  represents d (map corners cells) g -> forallb (cell_ok d) cells = true ->
  Forall (frame_holds (run_all B g (first d) l z)) frames /\ rows_up_to d B = true /\ ordered d (first d) l = true.
Proof.
  unfold ask. destruct (program_ok d l && rows_up_to d B) eqn:C; [|discriminate]. intros [= <-] A G K. bools.
  unfold program_ok in H. bools. split; auto. simpl in A. rewrite answers_advance in A. simpl in A.
  eapply proof_sound; eauto. intros k o F.
  apply (run_consistent d B g) with (m := M.empty _); auto.
  - eapply represents_local; eauto.
  - intros j o'. rewrite M.gempty. discriminate.
Qed.

Lemma domain_facts d B g l z D : domain_ok d D = true -> within D z ->
  ok_facts (run_all B g (first d) l z) (fst (add_facts (map domain_form D) 1 (M.empty _))).
Proof.
  intros O W. apply ok_add_facts; [|apply ok_no_facts]. apply Forall_map. unfold within in W.
  unfold domain_ok, rows_up_to in O. rewrite Forall_forall in *. intros [a c] I.
  specialize (W _ I). simpl in W. unfold domain_form. rewrite value_add_mul, value_const, value_row. simpl. real.
  rewrite Rmult_1_l. replace (dot_from 1 a (run_all B g (first d) l z)) with (dot a z); auto.
  unfold dot. apply dot_ext. intros j _ L. symmetry. apply run_keeps. apply first_spec. unfold up_to.
  rewrite forallb_forall in O. specialize (O a). rewrite in_map_iff in O. specialize (O ltac:(exists (a, c); auto)).
  apply Nat.leb_le in O. simpl in L. lia.
Qed.

Lemma begin_holds d B g l z D h : domain_ok d D = true -> within D z ->
  let v := run_all B g (first d) l z in frame_holds v (begin D h) -> holds v h.
Proof.
  intros O W v F. pose proof (domain_facts d B g l z D O W) as K. unfold begin in F.
  destruct add_facts as [known n] eqn:E. apply F; simpl; auto using ok_no_forms.
Qed.

Lemma begin_at_holds d point v h : (forall a, up_to d a -> v a = Q2R (entry 0%Q point a)) ->
  frame_holds v (begin_at d point h) -> holds v h.
Proof.
  intros H F. unfold begin_at in F. set (fs := flat_map _ _) in F.
  assert (K : ok_facts v (fst (add_facts fs 1 (M.empty _)))).
  { apply ok_add_facts; [|apply ok_no_facts]. apply Forall_forall. intros f I. apply in_flat_map in I as (a & A & I).
    apply indices_spec, H in A. destruct I as [<-|[<-|[]]]; rewrite ?value_opposite, value_minus, value_key, value_const;
    rewrite A; lra. }
  destruct add_facts as [known n]. apply F; simpl; auto.
  intros a f. unfold at_corner. rewrite find_located. destruct in_dec as [I|]; [|discriminate].
  intros [= <-]. rewrite value_const. apply H, indices_spec, I.
Qed.

Section Comparison.
Variables (p : problem) (net : network) (coords : list (list form)) (w : meetings).
Variable frame_of : positive -> frame.
Variable q : question.
Variable proof : list step.
Hypothesis Hq : start_comparison p net coords w frame_of = Some q.
Hypothesis Hproof : answers q proof (q_frames q) = Some [].
Let d := dimension p.

Lemma comparison_sound : (exists g, represents d (seed p) g) /\
  forall g z, represents d (seed p) g -> exists B l k,
    frame_holds (run_all B g (first d) l z) (frame_of k) /\
    run_all B g (first d) l z k = net_value d net z - iterate (matrix p) (masks p) g z (component p).
Proof.
  unfold start_comparison in Hq. fold d in Hq. destruct (iterate_form p) as [B l] eqn:IT.
  destruct (seed_ok d (seed p) coords w && rows_up_to d (matrix p) && inside_network d net) eqn:C; [|discriminate].
  bools. pose proof (seed_exists _ _ _ _ H) as [E X]. split; auto. intros g z G.
  assert (K : forallb (cell_ok d) (cells_of (seed p) coords) = true) by (unfold seed_ok in H; bools; auto).
  pose proof (represents_local _ _ _ G) as L. rewrite <- E in G.
  destruct (ask_sound _ _ _ _ _ _ _ g z Hq Hproof G K) as (F & R & _).
  apply Forall_inv in F. exists B. eexists. eexists. split; [exact F|].
  rewrite compared_value by auto. rewrite iterate_form_spec by auto. rewrite IT. auto.
Qed.
End Comparison.

Theorem realizes_sound p net D coords w q proof :
  start_realizes p net D coords w = Some q -> answers q proof (q_frames q) = Some [] -> realizes p net D.
Proof.
  unfold start_realizes. destruct (domain_ok (dimension p) D) eqn:O; [|discriminate]. intros S A.
  destruct (comparison_sound _ _ _ _ _ _ _ S A) as [X H]. split; auto. intros g G z W.
  destruct (H g z G) as (B & l & k & F & V). apply (begin_holds (dimension p)) in F; auto. simpl in F.
  rewrite value_const, real_0 in F. lra.
Qed.

(** The same, on the whole space, as one computation. *)
Definition accepted_realizes p net coords w proof : bool :=
  match start_realizes p net [] coords w with
  | Some q => match answers q proof (q_frames q) with Some [] => true | _ => false end
  | None => false
  end.

Corollary realizes_accepted p net coords w proof : accepted_realizes p net coords w proof = true -> realizes p net [].
Proof.
  unfold accepted_realizes. intros H. destruct (start_realizes p net [] coords w) as [q|] eqn:Q; [|discriminate].
  destruct (answers q proof (q_frames q)) as [[|]|] eqn:A; try discriminate. eapply realizes_sound; eauto.
Qed.

Theorem differs_sound p net point difference coords w q proof :
  start_differs p net point difference coords w = Some q -> answers q proof (q_frames q) = Some [] ->
  differs p net point.
Proof.
  unfold start_differs. destruct (is_zero difference) eqn:N; [discriminate|]. intros S A.
  destruct (comparison_sound _ _ _ _ _ _ _ S A) as [X H]. split; auto. intros g z G P.
  destruct (H g z G) as (B & l & k & F & V). set (v := run_all B g (first (dimension p)) l z) in *.
  assert (AT : forall a, up_to (dimension p) a -> v a = Q2R (entry 0%Q point a)).
  { intros a U. rewrite <- P. apply run_keeps, first_spec, U. }
  apply (begin_at_holds (dimension p) point) in F; auto. simpl in F. rewrite V, value_const in F. assert (Q2R difference <> 0).
  { intros Z. destruct difference as [n m]. unfold is_zero, Q2R in *. simpl in *. destruct n; try discriminate.
    - assert (0 < IZR (Zpos p0) * / IZR (Zpos m)); [|lra].
      apply Rmult_lt_0_compat; [|apply Rinv_0_lt_compat]; apply IZR_lt; lia.
    - assert (0 < IZR (Zpos p0) * / IZR (Zpos m)).
      { apply Rmult_lt_0_compat; [|apply Rinv_0_lt_compat]; apply IZR_lt; lia. }
      change (Zneg p0) with (- Zpos p0)%Z in Z. rewrite opp_IZR in Z. lra. }
  lra.
Qed.

Lemma nobody d : represents d (map corners []) (fun _ _ => 0).
Proof. split; simpl; intros; [contradiction|auto]. Qed.

Theorem near_sound d one other D epsilon q proof :
  start_near d one other D epsilon = Some q -> answers q proof (q_frames q) = Some [] -> near d one other D epsilon.
Proof.
  unfold start_near. destruct (_ && _) eqn:C; [|discriminate]. bools. intros S A z W.
  set (l := side_by_side d one other) in *. set (k := Pos.pred (after (first d) l)) in *.
  destruct (ask_sound _ _ _ _ _ _ _ _ z S A (nobody d) eq_refl) as (F & _ & O).
  assert (V : run_all [] (fun _ _ => 0) (first d) l z k = net_value d one z - net_value d other z).
  { apply side_by_side_value; auto. match goal with P : program_ok _ _ = true |- _ => unfold program_ok in P end.
    bools. auto. }
  destruct (is_zero epsilon) eqn:E.
  - apply is_zero_spec in E. apply Forall_inv in F. apply (begin_holds d) in F; auto. simpl in F.
    rewrite V, value_const, real_0 in F. rewrite F, E, Rabs_R0. lra.
  - apply Forall_cons_iff in F as [F F']. apply Forall_inv in F'. apply (begin_holds d) in F, F'; auto. simpl in F, F'.
    rewrite value_minus, value_const, value_key, V in F. rewrite value_add_mul, value_const, value_key, V in F'.
    rewrite real_1 in F'. apply Rabs_le. lra.
Qed.

Theorem at_most_sound d net D c q proof :
  start_at_most d net D c = Some q -> answers q proof (q_frames q) = Some [] -> at_most d net D c.
Proof.
  unfold start_at_most. destruct (_ && _) eqn:C; [|discriminate]. bools. intros S A z W.
  destruct (ask_sound _ _ _ _ _ _ _ _ z S A (nobody d) eq_refl) as (F & _).
  apply Forall_inv, (begin_holds d) in F; auto. simpl in F.
  rewrite value_minus, value_const, value_key, run_ops in F. unfold net_value. fold (first d). lra.
Qed.
