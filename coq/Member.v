(** The network that a family is for one n, and what the kernel is asked about a network of a file: that it is equal to
    that one. *)
From Coq Require Import ZArith QArith Qreals Reals Lra Lia List FMapPositive Bool.
From ExactRelu Require Import Statement Kernel Sound Programs Main Family Orbits Plane Runs Induction EveryN.
Import ListNotations.

(** * The network for n: nodes 3 and 4 are the constants 2^(-n) and eta, then come the programs, one after the other. *)
Fixpoint power (q : Q) (n : nat) : Q := match n with O => 1%Q | S n => qmul q (power q n) end.
Definition eps_of (n : nat) : Q := power (1 # 2) n.
Definition eta_of (F : family) (n : nat) : Q := qmul (top F) (power (ratio F) n).

Fixpoint parameter (known : list (positive * Q)) (k : positive) : Q :=
  match known with [] => 0%Q | (j, q) :: rest => if Pos.eqb j k then q else parameter rest k end.

(** A program behind other nodes, from [from] on. Its inputs are the nodes [feed]; those which are parameters have the
    values [known]. *)
Section Placed.
Variable b : block.
Variable feed : list positive.
Variable known : list (positive * Q).
Variable from : positive.

(** Nodes from [behind] on, which is [first (inputs b)], are those of the program itself. *)
Definition placed (behind k : positive) : positive :=
  if Pos.ltb k behind then entry 1%positive feed k else Pos.sub (Pos.add from k) behind.

Definition placed_op (behind : positive) (o : node) : op :=
  match o with
  | Op (Affine l c) => Affine (map (fun t => (placed behind (fst t), snd t)) l) c
  | Op (Relu k) => Relu (placed behind k)
  | Product theta k => Affine [(placed behind k, parameter known theta)] 0
  | SeedAt _ _ => Affine [] 0
  end.

Definition placed_ops : list op := let behind := first (inputs b) in map (placed_op behind) (body b).
Definition placed_outputs : list positive := let behind := first (inputs b) in map (placed behind) (outputs b).
End Placed.

Section Instance.
Variable F : family.
Variable n : nat.

Definition opening_known := [(eps_in, eps_of n); (eta_in, eta_of F n)].
Definition known_eps (e : Q) (b : block) := [(Pos.of_nat (inputs b), e)].

(** [stage] k times, and then [final], with e for 2^(-n). *)
Fixpoint stages (e : Q) (k : nat) (feed : list positive) (from : positive) : list op * list positive * positive :=
  let through b := (placed_ops b (feed ++ [3%positive]) (known_eps e b) from, placed_outputs b (feed ++ [3%positive]) from,
                    after from (body b)) in
  match k with
  | O => through (final F)
  | S k =>
      let '(ops, feed', from') := through (stage F) in
      let '(rest, feed'', from'') := stages e k feed' from' in (ops ++ rest, feed'', from'')
  end.

Definition instance : network :=
  let feed := [1; 2; 3; 4]%positive in
  let from := after 5%positive (body (opening F)) in
  let '(ops, feed', from') := stages (eps_of n) (Nat.pred n) (placed_outputs (opening F) feed 5) from in
  {| nodes := [Affine [] (eps_of n); Affine [] (eta_of F n)] ++ placed_ops (opening F) feed opening_known 5 ++ ops ++
       placed_ops (closing F) feed' [] from' ++
       [Affine [(entry 1%positive (placed_outputs (closing F) feed' from') 1, Qinv (eta_of F n))] 0];
     output := after from' (body (closing F)) |}.
End Instance.

(** Products have to be with parameters. *)
Definition products_with (l : list positive) (b : block) : bool :=
  forallb (fun o => match o with Product theta _ => existsb (Pos.eqb theta) l | _ => true end) (body b).

Definition instances_ok (F : family) : bool :=
  sizes_ok F && negb (Qle_bool (top F) 0) && negb (Qle_bool (ratio F) 0) &&
  products_with [eps_in; eta_in] (opening F) && products_with [Pos.of_nat (inputs (stage F))] (stage F) &&
  products_with [Pos.of_nat (inputs (final F))] (final F) && products_with [] (closing F).

Definition member_question (F : family) (n : nat) (net : network) : option question :=
  if instances_ok F then start_near 2 net (instance F n) [] 0 else None.

(** The questions on a family, and that on a network. *)
Definition member_questions (m : stencil) (s : list simplex) (n : nat) (net : network) (F : family)
    (coords : list (list form)) (w : meetings) : option (list question) :=
  match family_questions F m s coords w, member_question F n net with
  | Some questions, Some q => if Nat.leb 1 n then Some (q :: questions) else None
  | _, _ => None
  end.

Open Scope R_scope.

(** * The network for n has the value of the family. *)
Lemma power_spec q n : Q2R (power q n) = Q2R q ^ n.
Proof. induction n; simpl; real; auto. rewrite IHn. auto. Qed.

Lemma eps_spec n : Q2R (eps_of n) = eps n.
Proof. unfold eps_of, eps. rewrite power_spec. f_equal. Qed.

Lemma eta_spec F n : Q2R (eta_of F n) = eta F n.
Proof. unfold eta_of, eta. real. rewrite power_spec. auto. Qed.

Section Value.
Variable b : block.
Variable feed : list positive.
Variable known : list (positive * Q).
Variable from : positive.
Let d := inputs b.
Let at_ := placed feed from (first (inputs b)).

Hypothesis feed_before : forall k, (k < first d)%positive -> (entry 1%positive feed k < from)%positive.

Lemma placed_input k : (k < first d)%positive -> at_ k = entry 1%positive feed k.
Proof. intros K. unfold at_, placed. fold d. destruct (Pos.ltb_spec k (first d)); [auto|lia]. Qed.

Lemma placed_body k : (first d <= k)%positive -> at_ k = (from + k - first d)%positive.
Proof. intros K. unfold at_, placed. fold d. destruct (Pos.ltb_spec k (first d)); [lia|auto]. Qed.

Lemma placed_other i k : (i < k)%positive -> (first d <= k)%positive -> at_ i <> at_ k.
Proof.
  intros I K. rewrite (placed_body k) by auto. destruct (Pos.ltb_spec i (first d)) as [L|L].
  - rewrite placed_input by auto. specialize (feed_before i L). lia.
  - rewrite placed_body by auto. lia.
Qed.

Lemma parameter_known v k : existsb (Pos.eqb k) (map fst known) = true -> Forall (fun t => v (fst t) = Q2R (snd t)) known ->
  Q2R (parameter known k) = v k.
Proof.
  induction known as [|[j q] l IH]; simpl; intros I H; [discriminate|]. apply Forall_cons_iff in H as [E H].
  simpl in E. destruct (Pos.eqb_spec j k) as [->|N]; auto. apply IH; auto.
  destruct (Pos.eqb_spec k j) as [->|]; [contradiction|auto].
Qed.

Lemma placed_run l : forall k v w, (first d <= k)%positive -> ordered d k l = true ->
  forallb (fun o => match o with Product theta _ => existsb (Pos.eqb theta) (map fst known) | _ => true end) l = true ->
  Forall (fun t => (fst t < first d)%positive /\ v (fst t) = Q2R (snd t)) known ->
  (forall j, (j < k)%positive -> w (at_ j) = v j) ->
  forall j, (j < after k l)%positive ->
    run (at_ k) (map (placed_op feed known from (first (inputs b))) l) w (at_ j) = run_all [] quiet k l v j.
Proof.
  induction l as [|o l IH]; simpl; intros k v w K O P N H j J; auto. apply andb_prop in O as [W O].
  apply andb_prop in P as [P P'].
  assert (E : Pos.succ (at_ k) = at_ (Pos.succ k)) by (rewrite !placed_body by lia; lia). rewrite E.
  apply IH; auto; try lia.
  - eapply Forall_impl; [|exact N]. intros [t q] [T V]. split; auto. rewrite set_other; auto. simpl in *. lia.
  - intros i I. destruct (Pos.eq_dec i k) as [->|D].
    + rewrite !set_same. destruct o as [[t c|i]|shift i|theta i]; simpl in *.
      * f_equal. clear - H W. induction t as [|[i q] t IHt]; simpl in *; auto. apply andb_prop in W as [W W'].
        rewrite IHt by auto. fold (at_ i). rewrite H by (apply Pos.ltb_lt, W). auto.
      * fold (at_ i). rewrite H by (apply Pos.ltb_lt, W). auto.
      * real. unfold quiet. lra.
      * fold (at_ i). apply andb_prop in W as [_ W]. rewrite H by (apply Pos.ltb_lt, W).
        rewrite (parameter_known v), real_0; [lra|exact P|]. eapply Forall_impl; [|exact N]. intros ? []. auto.
    + rewrite !set_other; auto. { apply H. lia. } apply placed_other; auto. lia.
Qed.

(** Values of the inputs l, nodes of v; then the outputs are nodes of what comes out, and nothing before is changed. *)
Lemma placed_values l v : block_ok b = true -> products_with (map fst known) b = true ->
  (forall k, up_to_place (inputs b) k = true -> v (entry 1%positive feed k) = entry 0 l k) ->
  Forall (fun t => up_to_place (inputs b) (fst t) = true /\ entry 0 l (fst t) = Q2R (snd t)) known ->
  let v' := run from (placed_ops b feed known from) v in
  (forall j, (j < from)%positive -> v' j = v j) /\
  forall k, up_to_place (length (outputs b)) k = true ->
    (entry 1%positive (placed_outputs b feed from) k < after from (body b))%positive /\
    v' (entry 1%positive (placed_outputs b feed from) k) = entry 0 (apply b l) k.
Proof.
  intros O P V N v'. assert (OK := O). unfold block_ok in O. apply andb_prop in O as [O1 O2]. split.
  - intros j J. unfold v'. rewrite <- (run_ops [] quiet). apply run_keeps. auto.
  - intros k K.
    assert (E : entry 1%positive (placed_outputs b feed from) k = at_ (output_at b k)).
    { unfold placed_outputs, output_at, at_. unfold up_to_place in K. apply Nat.leb_le in K. unfold entry.
      rewrite (nth_indep _ 1%positive (placed feed from (first (inputs b)) 1%positive)).
      - apply (map_nth (placed feed from (first (inputs b)))).
      - rewrite map_length. pose proof (Pos2Nat.is_pos k). lia. }
    pose proof (output_before b k OK K) as B. rewrite E, apply_entry by auto.
    assert (S : at_ (first d) = from) by (rewrite placed_body by lia; lia). split.
    + pose proof (after_le (body b) from).
      destruct (Pos.ltb_spec (output_at b k) (first d)) as [L|L].
      * rewrite placed_input by auto. specialize (feed_before _ L). lia.
      * rewrite placed_body by auto. unfold last_key in B. fold d in B.
        assert (A : forall (l : list node) i j, (after i l + j = after j l + i)%positive).
        { clear. induction l as [|o l IH]; simpl; intros i j; [lia|]. specialize (IH (Pos.succ i) (Pos.succ j)). lia. }
        specialize (A (body b) (first d) from). lia.
    + unfold v', placed_ops. rewrite <- S at 1. unfold run_block. fold d. apply placed_run; auto; try lia.
      * eapply Forall_impl; [|exact N]. intros [t q] [T A]. simpl in *. split.
        { unfold up_to_place in T. apply Nat.leb_le in T. apply first_spec, T. }
        { unfold Runs.feed. exact A. }
      * intros j J. rewrite placed_input by auto. apply V. unfold up_to_place. apply Nat.leb_le.
        unfold first, d in J. pose proof (Pos2Nat.is_pos j). apply Pos2Nat.inj_lt in J. rewrite Nat2Pos.id in J; lia.
Qed.
End Value.

Lemma entry_of_app {T} (z x : T) l k : entry z (l ++ [x]) k = if up_to_place (length l) k then entry z l k
  else if Pos.eqb k (Pos.of_nat (S (length l))) then x else z.
Proof.
  destruct (up_to_place (length l) k) eqn:U; [apply entry_app; auto|].
  destruct (Pos.eqb_spec k (Pos.of_nat (S (length l)))) as [->|N]; [apply entry_last|].
  unfold up_to_place in U. apply Nat.leb_gt in U. unfold entry. apply nth_overflow. rewrite app_length. simpl.
  destruct (Nat.eq_dec (Pos.to_nat k) (S (length l))) as [E|E]; [|lia]. exfalso. apply N.
  rewrite <- (Pos2Nat.id k). f_equal. auto.
Qed.

Section Network.
Variable F : family.
Variable n : nat.
Hypothesis ok : instances_ok F = true.

Lemma instance_sizes : sound_sizes F.
Proof. apply sizes_spec. unfold instances_ok in ok. bools. auto. Qed.

Definition carries (v : vector) (feed : list positive) (from : positive) (l : list R) : Prop :=
  forall k, up_to_place (length l) k = true -> (entry 1%positive feed k < from)%positive /\ v (entry 1%positive feed k) = entry 0 l k.

(** A program that reads eps besides the values that are handed to it. *)
Lemma through b feed from l v : block_ok b = true -> products_with [Pos.of_nat (inputs b)] b = true ->
  inputs b = S (length l) -> length feed = length l -> (5 <= from)%positive -> v 3%positive = eps n -> carries v feed from l ->
  let v' := run from (placed_ops b (feed ++ [3%positive]) (known_eps (eps_of n) b) from) v in
  (forall j, (j < from)%positive -> v' j = v j) /\
  carries v' (placed_outputs b (feed ++ [3%positive]) from) (after from (body b)) (apply b (l ++ [eps n])).
Proof.
  intros O P I L B E C v'.
  destruct (placed_values b (feed ++ [3%positive]) (known_eps (eps_of n) b) from) with (l := l ++ [eps n]) (v := v)
    as [A D]; auto.
  - intros k _. rewrite entry_of_app. destruct (up_to_place (length feed) k) eqn:U.
    + rewrite L in U. apply C in U. apply U.
    + destruct (Pos.eqb k _); lia.
  - intros k U. rewrite !entry_of_app, L. destruct (up_to_place (length l) k) eqn:U'.
    + apply C in U'. apply U'.
    + unfold up_to_place in U, U'. apply Nat.leb_le in U. apply Nat.leb_gt in U'.
      replace k with (Pos.of_nat (S (length l))) by (rewrite <- (Pos2Nat.id k); f_equal; lia). rewrite Pos.eqb_refl. auto.
  - constructor; [|constructor]. simpl. split.
    + unfold up_to_place. apply Nat.leb_le. rewrite Nat2Pos.id; lia.
    + rewrite I, entry_last, eps_spec. auto.
  - split; auto. intros k U. apply D. unfold apply in U. rewrite map_length in U. auto.
Qed.

Lemma run_join a : forall c k v, run k (a ++ c) v = run (after k a) c (run k a v).
Proof. induction a; simpl; auto. Qed.

Lemma apply_length b l : length (apply b l) = length (outputs b). Proof. apply map_length. Qed.
Lemma placed_length b feed from : length (placed_outputs b feed from) = length (outputs b). Proof. apply map_length. Qed.

Lemma handed_on_succ j x y : handed_on F n (S j) x y = apply (stage F) (handed_on F n j x y ++ [eps n]).
Proof. reflexivity. Qed.
Lemma handed_on_outputs j x y : length (handed_on F n j x y) = length (outputs (opening F)).
Proof. destruct j; simpl; rewrite apply_length; auto. apply (stage_outputs F instance_sizes). Qed.

Lemma stages_value x y k : forall j feed from v, length feed = length (outputs (opening F)) -> (5 <= from)%positive ->
  v 3%positive = eps n -> carries v feed from (handed_on F n j x y) ->
  let '(ops, feed', from') := stages F (eps_of n) k feed from in
  from' = after from ops /\ length feed' = length (outputs (final F)) /\
  (forall i, (i < from)%positive -> run from ops v i = v i) /\
  carries (run from ops v) feed' from' (apply (final F) (handed_on F n (j + k) x y ++ [eps n])).
Proof.
  destruct instance_sizes. assert (OK := ok). unfold instances_ok in OK. bools.
  induction k as [|k IH]; intros j feed from v L B E C; simpl.
  - destruct (through (final F) feed from (handed_on F n j x y) v) as [A D]; auto;
      try (rewrite handed_on_outputs; auto).
    rewrite Nat.add_0_r. split; [|split; [|split]]; auto using placed_length. unfold placed_ops. rewrite after_map. auto.
  - destruct (through (stage F) feed from (handed_on F n j x y) v) as [A D]; auto;
      try (rewrite handed_on_outputs; auto).
    set (ops := placed_ops (stage F) _ _ from) in *. set (feed' := placed_outputs (stage F) _ from) in *.
    set (from' := after from (body (stage F))) in *. rewrite <- handed_on_succ in D.
    assert (FF : from' = after from ops) by (unfold ops, placed_ops; rewrite after_map; auto).
    pose proof (after_le (body (stage F)) from) as LE. fold from' in LE.
    specialize (IH (S j) feed' from' (run from ops v)).
    destruct (stages F (eps_of n) k feed' from') as [[rest feed''] from'']. destruct IH as (I1 & I2 & I3 & I4); auto.
    + unfold feed'. rewrite placed_length. auto.
    + lia.
    + rewrite A by lia. auto.
    + rewrite after_app, <- FF. split; auto. split; auto.
      rewrite run_join, <- FF. split.
      * intros i I. rewrite I3 by lia. auto.
      * replace (j + Datatypes.S k)%nat with (Datatypes.S j + k)%nat by lia. auto.
Qed.

Theorem instance_value z : net_value 2 (instance F n) z = family_value F n (z 1%positive) (z 2%positive).
Proof.
  destruct instance_sizes. assert (OK := ok). unfold instances_ok in OK. bools.
  unfold net_value, instance, family_value, handed_over. set (x := z 1%positive). set (y := z 2%positive).
  set (v := set (set z 3 (Q2R (eps_of n))) 4 (Q2R (eta_of F n))).
  set (feed := [1; 2; 3; 4]%positive). set (b := opening F) in *. set (known := opening_known F n).
  assert (V3 : v 3%positive = eps n) by (unfold v; rewrite set_other, set_same, eps_spec by discriminate; auto).
  assert (V4 : v 4%positive = eta F n) by (unfold v; rewrite set_same, eta_spec; auto).
  destruct (placed_values b feed known 5) with (l := [x; y; eps n; eta F n]) (v := v) as [A D]; auto.
  { intros k K. unfold first in K. rewrite opening_inputs in K.
    assert (k = 1 \/ k = 2 \/ k = 3 \/ k = 4)%positive as [->|[->|[->| ->]]] by (simpl in K; lia); reflexivity. }
  { intros k K. unfold up_to_place in K. rewrite opening_inputs in K. apply Nat.leb_le in K.
    assert (k = 1 \/ k = 2 \/ k = 3 \/ k = 4)%positive as [->|[->|[->| ->]]] by lia; auto. }
  { unfold known, opening_known. rewrite opening_inputs.
    repeat constructor; simpl; unfold entry; simpl; rewrite ?eps_spec, ?eta_spec; auto. }
  set (ops0 := placed_ops b feed known 5) in *. set (from := after 5%positive (body b)) in *.
  assert (F0 : from = after 5%positive ops0) by (unfold ops0, placed_ops; rewrite after_map; auto).
  pose proof (after_le (body b) 5) as LE. fold from in LE.
  assert (C0 : carries (run 5 ops0 v) (placed_outputs b feed 5) from (handed_on F n 0 x y)).
  { intros k K. simpl in K. rewrite apply_length in K. apply D, K. }
  pose proof (stages_value x y (Nat.pred n) 0 (placed_outputs b feed 5) from (run 5 ops0 v)) as ST.
  destruct (stages F (eps_of n) (Nat.pred n) (placed_outputs b feed 5) from) as [[ops feed'] from'].
  destruct ST as (S1 & S2 & S3 & S4); auto.
  { apply placed_length. } { rewrite A; auto. lia. }
  set (w := run from ops (run 5 ops0 v)) in *. simpl (0 + _)%nat in S4.
  set (l := apply (final F) _) in *.
  assert (LL : length l = length (outputs (final F))) by apply apply_length.
  destruct (placed_values (closing F) feed' [] from') with (l := l) (v := w) as [_ D']; auto.
  { intros k K. unfold first in K. pose proof (Pos2Nat.is_pos k). apply S4. unfold up_to_place. apply Nat.leb_le.
    apply Pos2Nat.inj_lt in K. rewrite closing_inputs, Nat2Pos.id in K; lia. }
  { intros k K. apply S4. rewrite LL, <- closing_inputs. auto. }
  specialize (D' 1%positive). rewrite closing_outputs in D'. specialize (D' eq_refl) as [D1 D2].
  cbn [nodes output]. rewrite run_join. cbn [app run after op_value weighted]. change (Pos.of_nat 3) with 3%positive.
  rewrite !Rplus_0_l. change (Pos.succ (Pos.succ 3)) with 5%positive. change (Pos.succ 3) with 4%positive. fold v.
  rewrite !run_join. fold ops0. rewrite <- F0. rewrite <- S1. fold w.
  set (ops3 := placed_ops (closing F) feed' [] from') in *.
  replace (after from' ops3) with (after from' (body (closing F))) by (unfold ops3, placed_ops; rewrite after_map; auto).
  cbn [run op_value weighted]. rewrite set_same, D2, Q2R_inv, eta_spec, real_0.
  - unfold Rdiv. lra.
  - intros C. apply Qeq_eqR in C. rewrite eta_spec, real_0 in C. unfold eta in C.
    repeat match goal with P : negb (Qle_bool _ _) = true |- _ => apply less_real in P; rewrite real_0 in P end.
    assert (0 < Q2R (ratio F) ^ n) by (apply pow_lt; auto). nra.
Qed.
End Network.

(** * The theorems: a network that is equal to that of an accepted family is V^n g; so is that of the family itself. *)
Theorem member_sound F n net q proof : member_question F n net = Some q -> answers q proof (q_frames q) = Some [] ->
  forall z, net_value 2 net z = family_value F n (z 1%positive) (z 2%positive).
Proof.
  unfold member_question. intros Q A z. destruct (instances_ok F) eqn:OK; [|discriminate].
  rewrite <- instance_value by auto. pose proof (near_sound _ _ _ _ _ _ _ Q A z (Forall_nil _)) as N.
  rewrite real_0 in N. pose proof (Rabs_pos (net_value 2 net z - net_value 2 (instance F n) z)).
  apply Rminus_diag_uniq. destruct (Req_dec (net_value 2 net z - net_value 2 (instance F n) z) 0) as [|D]; auto.
  apply Rabs_pos_lt in D. lra.
Qed.

Theorem realized_by_members F m s n net : realized_by_family F m s -> (1 <= n)%nat ->
  (forall z, net_value 2 net z = family_value F n (z 1%positive) (z 2%positive)) ->
  realizes (plane_problem m s n) net [].
Proof. intros [E R] N V. split; auto. intros g G z _. rewrite V. apply (R g G n N z). Qed.

Theorem induction_sound m s n net F coords w questions proofs :
  member_questions m s n net F coords w = Some questions ->
  Forall2 (fun q proof => answers q proof (q_frames q) = Some []) questions proofs ->
  realizes (plane_problem m s n) net [].
Proof.
  unfold member_questions. intros Q A. destruct (family_questions F m s coords w) as [l|] eqn:FQ; [|discriminate].
  destruct (member_question F n net) as [q|] eqn:MQ; [|discriminate]. destruct (Nat.leb 1 n) eqn:N; [|discriminate].
  injection Q as <-. inversion A as [|? proof ? ? A1 A2]; subst. apply Nat.leb_le in N.
  apply (realized_by_members F); eauto using family_sound, member_sound.
Qed.

(** The networks of an accepted family, for every n. *)
Corollary instances_sound F m s coords w proofs : accepted F m s coords w proofs && instances_ok F = true ->
  forall n, (1 <= n)%nat -> realizes (plane_problem m s n) (instance F n) [].
Proof.
  intros H n N. bools. apply (realized_by_members F); eauto using family_accepted, instance_value.
Qed.
