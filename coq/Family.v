(** Families: networks for all n at once, made of four programs, and what has to be shown about these.

    The network for n depends on n through two numbers, eps = 2^(-n) and eta = top · ratio^n. They are inputs of the
    programs, which are joined as opening ; stage, n − 1 times ; final ; closing, and the value is divided by eta. Rows
    are eta times those of docs/certificate-1.md, section 7, selectors are width · eps times those.
      Every fact about one of
    the programs is a frame of the kernel: [family_questions] lists them, Induction.v says what they imply. *)
From Coq Require Import ZArith QArith List FMapPositive Bool.
From ExactRelu Require Import Statement Kernel Programs.
Import ListNotations.
Open Scope Q_scope.

(** * Masks of the plane, and the problem for n. *)
Definition stencil := list (Z * Z * Q).
Definition mask_of (m : stencil) : mask := map (fun '(j, k, c) => ([inject_Z j; inject_Z k], [[c]])) m.
Definition doubling : list (list Q) := [[2]; [0; 2]].
Definition plane_problem (m : stencil) (s : list simplex) (n : nat) : problem :=
  {| dimension := 2; matrix := doubling; masks := repeat (mask_of m) n; seed := s; component := 1 |}.

(** * Programs with inputs 1, …, [inputs], and the nodes whose values they hand on. *)
Record block := { inputs : nat; body : list node; outputs : list positive }.

Definition last_key (b : block) : positive := after (first (inputs b)) (body b).
Definition output_at (b : block) (k : positive) : positive := entry 1%positive (outputs b) k.

(** * Where things are. Places are numbers of values handed on by [opening] and [stage], or by [final], from 1 on. *)
Definition state := (Z * Z)%type.
Record row := { cell : state; sign : Z; p_at : positive; pu_at : positive; pv_at : positive }.

(** One coordinate of a class: the orbit runs in the cells [i, i + 1] of the integers [running], all of which are in
    [low, high); elsewhere the controller stands still at E(0). *)
Record axis := { low : Z; high : Z; running : list Z; digit : positive; loop_p : positive; loop_q : positive }.

(** How the unit square is cut into polygons, on each of which g is affine next to each state that is read. *)
Inductive reading := Leaf (affine : list form) | Cut (f : form) (below above : reading).

(** [alive]: the cells from which a value other than 0 may be reached. [value_at_end] is a node of [closing]. *)
Record class := {
  shift : Q; axis_x : axis; axis_y : axis; rows : list row; finals : list row; alive : list state;
  deficit : positive; value_at_end : positive; read : reading }.

(** g and the mask lie in the box with the corners [low_corner] and [high_corner]. *)
Record family := {
  opening : block; stage : block; final : block; closing : block; classes : list class;
  width : Q; arc : Q; bound : Q; growth : Q; limit : Q; top : Q; ratio : Q; low_corner : state; high_corner : state }.

(** * Frames. *)
Definition scaled (q : Q) (f : form) : form := add_mul q f (const 0).
Definition linear (q : Q) (f : form) (c : Q) : form := add_mul q f (const c).
Definition all_of (l : list goal) : goal := fold_right Both (Nonneg (const 0)) l.
Definition between (k : positive) (high : form) : list goal := [Nonneg (key k); Nonneg (minus high (key k))].

Definition frame_of (known : list (positive * form)) (facts : list form) (g : goal) : frame :=
  let (numbered, n) := add_facts facts 1 (M.empty _) in
  {| forms := fold_right (fun t m => M.add (fst t) (snd t) m) (M.empty _) known; facts := numbered; next := n;
    aim := g |}.

Definition small (e : positive) : list form := [key e; linear (-1 # 1) (key e) (1 # 2)].

(** E(t), the loop around the triangle (0, 0), (1, 1), (1, 0), on each third of [0, 1]. *)
Definition on_third (c : nat) (t : form) : form * form :=
  match c with
  | 0%nat => (scaled 3 t, scaled 3 t)
  | 1%nat => (const 1, linear (-3 # 1) t 2)
  | _ => (linear (-3 # 1) t 3, const 0)
  end.
Definition number (c : nat) : Z := Z.of_nat c.
Definition digit_on (c : nat) : Z := if Nat.ltb c 3 then 0 else 1.
Definition within_part (of c : nat) (t : form) : list form :=
  [linear 1 t (- number c # Pos.of_nat of); linear (-1 # 1) t (number (S c) # Pos.of_nat of)].

(** One step of an orbit, on each sixth of [0, 1]: the controller goes to E(2t mod 1);
  the selector is in [0, delta], and
    delta times the digit where t is not within width · eps of 0, 1/2, 1. *)
Definition orbit_frames (known : nat -> list (positive * form)) (facts : list form) (delta t : form)
    (p q chi : positive) : list frame :=
  flat_map (fun c =>
    let d := digit_on c in
    let here := within_part 6 c t ++ facts in
    let (p', q') := on_third (c mod 3) (linear 2 t (inject_Z (- d))) in
    [frame_of (known c) here (all_of ([Same p p'; Same q q'] ++ between chi delta));
     frame_of (known c) (minus (linear 1 t (- d # 2)) delta :: minus (linear (-1 # 1) t (d + 1 # 2)) delta :: here)
       (Same chi (scaled (inject_Z d) delta))]) (seq 0 6).

Section Frames.
Variable F : family.

Definition delta (e : positive) : form := scaled (width F) (key e).

(** ** opening: the inputs are x, y, eps, eta; three more nodes are eta x, eta y, eta eps. *)
Definition eps_in : positive := 3.
Definition eta_in : positive := 4.
Definition opening_products : list node := [Product 4 1; Product 4 2; Product 4 3].
Definition product_at (k : nat) : positive := Pos.of_nat (Pos.to_nat (last_key (opening F)) + k).
Definition opening_ghost : positive := product_at 3.

Definition range (a b : Z) : list Z := map (fun k => (a + Z.of_nat k)%Z) (seq 0 (Z.to_nat (b - a))).
Definition mem (l : list Z) (i : Z) : bool := existsb (Z.eqb i) l.
Definition here (l : list state) (i j : Z) : bool := existsb (fun a => Z.eqb i (fst a) && Z.eqb j (snd a)) l.

(** The coordinate x + shift · eps, in which the cells of a class are those of the integers. *)
Definition moved_coordinate (k : positive) (s : Q) : form := add_mul s (key eps_in) (key k).

Definition opening_axis (k : positive) (s : Q) (a : axis) : list frame :=
  let out := output_at (opening F) in
  let x := moved_coordinate k s in
  let still := all_of ([Same (out (loop_p a)) (const 0); Same (out (loop_q a)) (const 0)] ++
                       between (out (digit a)) (delta eps_in)) in
  let t := key opening_ghost in
  flat_map (fun i => orbit_frames (fun _ => [(k, add_mul (- s) (key eps_in) (linear 1 t (inject_Z i)))])
      (small eps_in) (delta eps_in) t (out (loop_p a)) (out (loop_q a)) (out (digit a))) (running a) ++
  frame_of [] (linear (-1 # 1) x (inject_Z (low a)) :: small eps_in) still ::
  frame_of [] (linear 1 x (inject_Z (- high a)) :: small eps_in) still ::
  map (fun i => frame_of [] (linear 1 x (inject_Z (- i)) :: linear (-1 # 1) x (inject_Z (i + 1)) :: small eps_in) still)
      (filter (fun i => negb (mem (running a) i)) (range (low a) (high a))).

(** Rows at the start, for points whose orbits are good.
  A cell next to the [edge] of the box counts in its first part, of
    length eps, only: what is beyond is beyond the edge. *)
Record piece := { piece_cell : Z; beyond : bool; piece_facts : list form }.

Definition pieces (k : positive) (s : Q) (a : axis) (edge : Z) : list piece :=
  let x := moved_coordinate k s in
  let part i far low high :=
    {| piece_cell := i; beyond := far;
       piece_facts := [minus (minus x low) (delta eps_in); minus (minus high x) (delta eps_in)] |} in
  flat_map (fun i =>
    let here := const (inject_Z i) in let there := const (inject_Z (i + 1)) in
    let cut := linear 1 (key eps_in) (inject_Z i) in
    if Z.ltb i edge then [part i false here there] else [part i false here cut; part i true cut there]) (running a).

Definition eta_facts : list form := [key eta_in; minus (delta eps_in) (scaled 2 (key eta_in))].

Definition own (c : class) (px py : piece) (a : row) : bool :=
  negb (beyond px) && negb (beyond py) && here (alive c) (piece_cell px) (piece_cell py) &&
  Z.eqb (piece_cell px) (fst (cell a)) && Z.eqb (piece_cell py) (snd (cell a)) && Z.eqb (sign a) 1.

Definition start_goals (c : class) (px py : piece) (a : row) : list goal :=
  let out := output_at (opening F) in
  let eta_times k i := add_mul (shift c) (key (product_at 2)) (add_mul (inject_Z (- i)) (key eta_in) (key (product_at
    k))) in
  if own c px py a
  then [Same (out (p_at a)) (key eta_in); Same (out (pu_at a)) (eta_times 0%nat (piece_cell px));
        Same (out (pv_at a)) (eta_times 1%nat (piece_cell py))]
  else map (fun k => Same (out k) (const 0)) [p_at a; pu_at a; pv_at a].

Definition start_frames (c : class) : list frame :=
  flat_map (fun px => map (fun py =>
      frame_of [] (piece_facts px ++ piece_facts py ++ small eps_in ++ eta_facts)
        (all_of (flat_map (start_goals c px py) (rows c))))
    (pieces 2 (shift c) (axis_y c) (snd (high_corner F)))) (pieces 1 (shift c) (axis_x c) (fst (high_corner F))).

Definition entries (a : row) : list positive := [p_at a; pu_at a; pv_at a].

Definition start_bounds (c : class) : frame :=
  frame_of [] (small eps_in ++ eta_facts)
    (all_of (flat_map (fun k => between (output_at (opening F) k) (key eta_in)) (flat_map entries (rows c)))).

Definition opening_frames (c : class) : list frame :=
  opening_axis 1 (shift c) (axis_x c) ++ opening_axis 2 (shift c) (axis_y c) ++ start_frames c ++ [start_bounds c].

(** ** A step. *)
Section Step.
Variable m : stencil.
Variable b : block.
Variables old new : list row.
Variable c : class.

Definition eps_at : positive := Pos.of_nat (inputs b).
Definition ghost : positive := last_key b.

(** The state (a, ±) leads by the coefficient k of the mask and the digits q to (2a + q − k, ±). *)
Definition target (q k a : Z) : Z := (2 * a + q - k)%Z.
Definition hits (q1 q2 : Z) (a : row) (t : Z * Z * Q) (a' : row) : bool :=
  let '(k1, k2, w) := t in
  Z.eqb (target q1 k1 (fst (cell a))) (fst (cell a')) && Z.eqb (target q2 k2 (snd (cell a))) (snd (cell a')) &&
  Z.eqb (Z.sgn (Qnum w) * sign a) (sign a').

Definition size (w : Q) : Q := Z.abs (Qnum w) # Qden w.

Definition led (q1 q2 : Z) (of : row -> form) (a' : row) : form :=
  fold_right (fun a acc => fold_right (fun t acc =>
    if hits q1 q2 a t a' then add_mul (size (snd t)) (of a) acc else acc) acc m) (const 0) old.

Definition moved_entry (q : Z) (k : row -> positive) (a : row) : form :=        (* 2 k − q p *)
  add_mul 2 (key (k a)) (scaled (inject_Z (- q)) (key (p_at a))).

Definition quarter (q : Z) (k : positive) (a : row) : list form :=             (* q/2 p <= k <= (q + 1)/2 p *)
  [add_mul (- q # 2) (key (p_at a)) (key k); minus (scaled (q + 1 # 2) (key (p_at a))) (key k)].

Definition step_facts (q1 q2 : Z) : list form :=
  small eps_at ++ [key ghost; minus (delta eps_at) (scaled (qmul 2 (bound F)) (key ghost))] ++
  flat_map (fun a => [key (p_at a); minus (key ghost) (key (p_at a))] ++ quarter q1 (pu_at a) a ++ quarter q2 (pv_at
    a) a)
    old.

Definition step_goals (q1 q2 : Z) (a' : row) : list goal :=
  let out := output_at b in
  [Same (out (p_at a')) (led q1 q2 (fun a => key (p_at a)) a');
   Same (out (pu_at a')) (led q1 q2 (moved_entry q1 pu_at) a');
   Same (out (pv_at a')) (led q1 q2 (moved_entry q2 pv_at) a');
   Nonneg (minus (scaled (bound F) (key ghost)) (led q1 q2 (fun a => key (p_at a)) a'))].

Definition step_frame (q : Z * Z) : frame :=
  let (q1, q2) := q in
  frame_of [(digit (axis_x c), scaled (inject_Z q1) (delta eps_at));
    (digit (axis_y c), scaled (inject_Z q2) (delta eps_at))]
    (step_facts q1 q2) (all_of (flat_map (step_goals q1 q2) new)).

Definition digits : list (Z * Z) := [(0, 0); (0, 1); (1, 0); (1, 1)]%Z.

(** On any orbit, rows grow by the factor [growth] at most. *)
Definition growth_frame : frame :=
  let below k high := [key k; minus high (key k)] in
  frame_of []
    (small eps_at ++ flat_map (fun k => below k (delta eps_at)) [digit (axis_x c); digit (axis_y c)] ++
     key ghost :: flat_map (fun k => below k (key ghost)) (flat_map entries old))
    (all_of (flat_map (fun k => between (output_at b k) (scaled (growth F) (key ghost))) (flat_map entries new))).

Definition step_frames : list frame := map step_frame digits ++ [growth_frame].

(** No arrow leads to a state that is missing among the new ones, but for states in cells that do not count. *)
Definition closed (count : list state) : bool :=
  forallb (fun '(q1, q2) => forallb (fun a => forallb (fun t => let '(k1, k2, w) := t in
    is_zero w || existsb (hits q1 q2 a t) new ||
    negb (here count (target q1 k1 (fst (cell a))) (target q2 k2 (snd (cell a))))) m) old) digits.
End Step.

(** ** stage: the controllers go on, as well as the rows. *)
Definition stage_axis (a : axis) : list frame :=
  let e := eps_at (stage F) in let t := key (ghost (stage F)) in let out := output_at (stage F) in
  orbit_frames (fun c => let (p, q) := on_third (Nat.div c 2) t in [(loop_p a, p); (loop_q a, q)])
    (small e) (delta e) t (out (loop_p a)) (out (loop_q a)) (out (digit a)).

Definition stage_frames (m : stencil) (c : class) : list frame :=
  stage_axis (axis_x c) ++ stage_axis (axis_y c) ++ step_frames m (stage F) (rows c) (rows c) c.

(** ** final: the rows that are read, and how deficient the class is: at least 1 where an orbit ends next to 0, 0 where
    both end at a distance of at least [arc]. *)
Definition deficit_frames (c : class) : list frame :=
  let b := final F in let t := key (ghost b) in let u := key (Pos.succ (ghost b)) in
  let D := output_at b (deficit c) in
  flat_map (fun i => flat_map (fun j =>
    let (p, q) := on_third i t in let (p', q') := on_third j u in
    let known := [(loop_p (axis_x c), p); (loop_q (axis_x c), q); (loop_p (axis_y c), p'); (loop_q (axis_y c), q')] in
    let there := within_part 3 i t ++ within_part 3 j u in
    let far t := [linear 1 t (- arc F); linear (-1 # 1) t (1 - arc F)] in
    frame_of known there (Nonneg (key D)) ::
    frame_of known (far t ++ far u ++ there) (Same D (const 0)) ::
    map (fun f => frame_of known (f :: there) (Nonneg (minus (key D) (const 1))))
      (flat_map (fun t => [linear (-1 # 1) t (width F); linear 1 t (width F - 1)]) [t; u])) (seq 0 3)) (seq 0 3).

Definition final_frames (m : stencil) (c : class) : list frame :=
  step_frames m (final F) (rows c) (finals c) c ++ deficit_frames c.

(** ** closing: the inputs are the final rows and the deficits. *)
Definition at_row (a : row) (f : form) : form :=                        (* p f(u, v), from p, pu, pv *)
  expand (M.add 1%positive (key (pu_at a)) (M.add 2%positive (key (pv_at a)) (M.empty _)))
    (snd f) (scaled (fst f) (key (p_at a))).

Fixpoint read_form (l : list row) (affine : list form) : form :=
  match l, affine with a :: l', f :: affine' => add_mul (inject_Z (sign a)) (at_row a f) (read_form l' affine') | _,
    _ => const 0 end.

Fixpoint reading_frames (c : class) (facts : list form) (r : reading) : list frame :=
  match r with
  | Leaf affine =>
      [frame_of [] (flat_map (fun a => key (p_at a) :: map (at_row a) facts) (finals c))
         (Same (value_at_end c) (read_form (finals c) affine))]
  | Cut f r r' => reading_frames c (opposite f :: facts) r ++ reading_frames c (f :: facts) r'
  end.

Definition in_square : list form := [key 1; linear (-1 # 1) (key 1) 1; key 2; linear (-1 # 1) (key 2) 1].

Definition limit_frame (c : class) : frame :=
  let g := key (ghost (closing F)) in
  frame_of [] (g :: flat_map (fun k => [key k; minus g (key k)]) (flat_map entries (finals c)))
    (all_of [Nonneg (minus (scaled (limit F) g) (key (value_at_end c)));
             Nonneg (add_mul 1 (key (value_at_end c)) (scaled (limit F) g))]).

(** Classes are good or not. Where all good ones have the value V and one of them has no deficit, V comes out; where
    V = 0, nothing does. All values are at most limit · top. *)
Definition gate_bound : Q := qmul (limit F) (top F).

Fixpoint statuses (n : nat) : list (list bool) :=
  match n with O => [[]] | S n => flat_map (fun l => [true :: l; false :: l]) (statuses n) end.

Definition gate_known (value : form) (opened : class -> bool) (s : class * bool) : list (positive * form) :=
  let (c, good) := s in
  (value_at_end c, if good then value else key (value_at_end c)) :: if opened c then [(deficit c, const 0)] else [].

Definition gate_facts (s : class * bool) : list form :=
  let (c, good) := s in
  let y := key (value_at_end c) in
  [linear 1 y gate_bound; linear (-1 # 1) y gate_bound; if good then key (deficit c) else linear 1 (key (deficit c)) (-1 # 1)].

Definition gate_frame (value : form) (opened : class -> bool) (l : list (class * bool)) : frame :=
  frame_of (flat_map (gate_known value opened) l)
    (linear 1 value gate_bound :: linear (-1 # 1) value gate_bound :: flat_map gate_facts l) (Same (output_at (closing F) 1) value).

Definition gate_frames : list frame :=
  flat_map (fun status =>
    let l := combine (classes F) status in
    gate_frame (const 0) (fun _ => false) l ::
    map (fun s => gate_frame (key (ghost (closing F))) (fun c => Pos.eqb (deficit c) (deficit (fst s))) l) (filter
      snd l))
    (statuses (length (classes F))).

Definition closing_frames (c : class) : list frame := reading_frames c in_square (read c) ++ [limit_frame c].

(** ** The seed, at the point with the coordinates 1, 2: node 3 is g there. *)
Definition seed_program : list node := [SeedAt [] 1].
Definition seed_rows : list (list Q) := [[1]; [0; 1]].

(** A form in the coordinates u, v of a point in the cell of a class, in terms of the point. *)
Definition from_cell (s : Q) (a : state) (f : form) : form :=
  at_point (M.add 1%positive (linear 1 (key 1) (s - inject_Z (fst a)))
           (M.add 2%positive (linear 1 (key 2) (s - inject_Z (snd a))) (M.empty _))) f.

Fixpoint seed_reading (c : class) (facts : list form) (r : reading) : list frame :=
  match r with
  | Leaf affine =>
      map (fun '(a, f) => frame_of [] (map (from_cell (shift c) (cell a)) facts) (Same 3 (from_cell (shift c) (cell
        a) f)))
        (combine (finals c) affine)
  | Cut f r r' => seed_reading c (opposite f :: facts) r ++ seed_reading c (f :: facts) r'
  end.

Definition window (c : class) : list state := list_prod (range (low (axis_x c)) (high (axis_x c))) (range (low
  (axis_y c)) (high (axis_y c))).

(** Cells of the window on which no state is read: g is 0 there. *)
Definition silent (c : class) : list frame :=
  map (fun a => frame_of [] (map (from_cell (shift c) a) in_square) (Same 3 (const 0)))
    (filter (fun a => negb (here (map cell (finals c)) (fst a) (snd a))) (window c)).

Definition seed_frames : list frame :=
  map (fun f => frame_of [] [f] (Same 3 (const 0)))
    [linear (-1 # 1) (key 1) (inject_Z (fst (low_corner F))); linear 1 (key 1) (inject_Z (- fst (high_corner F)));
     linear (-1 # 1) (key 2) (inject_Z (snd (low_corner F))); linear 1 (key 2) (inject_Z (- snd (high_corner F)))] ++
  flat_map (fun c => seed_reading c in_square (read c) ++ silent c) (classes F).

(** * What is checked without the kernel. *)
Fixpoint leaves_ok (n : nat) (r : reading) : bool :=
  match r with
  | Leaf affine => Nat.eqb (length affine) n && forallb (keys_up_to 2) affine
  | Cut f r r' => keys_up_to 2 f && leaves_ok n r && leaves_ok n r'
  end.

Definition up_to_place (n : nat) (k : positive) : bool := Nat.leb (Pos.to_nat k) n.

Definition block_ok (b : block) : bool :=
  forallb (fun k => Pos.ltb k (last_key b)) (outputs b) && ordered (inputs b) (first (inputs b)) (body b).

Definition sizes_ok : bool :=
  let n := length (outputs (opening F)) in let n' := length (outputs (final F)) in
  Nat.eqb (inputs (opening F)) 4 && Nat.eqb (length (outputs (stage F))) n && Nat.eqb (inputs (stage F)) (S n) &&
  Nat.eqb (inputs (final F)) (S n) && Nat.eqb (inputs (closing F)) n' && Nat.eqb (length (outputs (closing F))) 1 &&
  forallb block_ok [opening F; stage F; final F; closing F].

Definition axis_places (a : axis) : list positive := [digit a; loop_p a; loop_q a].

Definition places_ok (c : class) : bool :=
  forallb (up_to_place (length (outputs (opening F))))
    (axis_places (axis_x c) ++ axis_places (axis_y c) ++ flat_map entries (rows c)) &&
  forallb (up_to_place (length (outputs (final F)))) (deficit c :: flat_map entries (finals c)) &&
  Pos.ltb (value_at_end c) (last_key (closing F)).

Definition same_state (a a' : row) : bool :=
  Z.eqb (fst (cell a)) (fst (cell a')) && Z.eqb (snd (cell a)) (snd (cell a')) && Z.eqb (sign a) (sign a').
Fixpoint distinct (l : list row) : bool :=
  match l with [] => true | a :: rest => negb (existsb (same_state a) rest) && distinct rest end.

(** Every cell from which an arrow leads to one that is alive is alive. *)
Definition alive_before (m : stencil) (l : list state) : bool :=
  forallb (fun '(q1, q2) => forallb (fun '(i, j) => forallb (fun '(k1, k2, w) =>
    let a := (i + k1 - q1)%Z in let b := (j + k2 - q2)%Z in
    is_zero w || negb (Z.even a && Z.even b) || here l (Z.div2 a) (Z.div2 b)) m) l) digits.

Definition states_ok (m : stencil) (c : class) : bool :=
  distinct (rows c) && distinct (finals c) &&
  forallb (fun a => negb (Z.eqb (sign a) 0)) (rows c) &&
  alive_before m (alive c) &&
  forallb (fun a => here (alive c) (fst (cell a)) (snd (cell a))) (finals c) &&
  forallb (fun '(i, j) => mem (running (axis_x c)) i && mem (running (axis_y c)) j &&
    existsb (fun a => Z.eqb (fst (cell a)) i && Z.eqb (snd (cell a)) j && Z.eqb (sign a) 1) (rows c)) (alive c) &&
  closed m (rows c) (rows c) (alive c) && closed m (rows c) (finals c) (map cell (finals c)) &&
  leaves_ok (length (finals c)) (read c).

Definition axis_ok (s : Q) (a : axis) (low_edge high_edge : Z) : bool :=
  Z.leb (low a) low_edge && Qle_bool (inject_Z high_edge + s) (inject_Z (high a)) &&
  forallb (fun i => Z.leb (low a) i && Z.ltb i (high a)) (running a).

Definition window_ok (c : class) : bool :=
  Qle_bool 0 (shift c) && Qle_bool (shift c) 1 &&
  axis_ok (shift c) (axis_x c) (fst (low_corner F)) (fst (high_corner F)) &&
  axis_ok (shift c) (axis_y c) (snd (low_corner F)) (snd (high_corner F)).

Definition mask_ok (m : stencil) : bool :=
  forallb (fun '(k1, k2, _) => Z.leb (fst (low_corner F)) k1 && Z.leb k1 (fst (high_corner F)) &&
                               Z.leb (snd (low_corner F)) k2 && Z.leb k2 (snd (high_corner F))) m.

(** Three classes at least; the arcs [−arc, arc] around any two shifts do not overlap, modulo 1. *)
Definition apart (s s' : Q) : bool :=
  let r := s - s' - inject_Z (Qround.Qfloor (s - s')) in Qle_bool (2 * arc F) r && Qle_bool r (1 - 2 * arc F).
Fixpoint all_apart (l : list class) : bool :=
  match l with [] => true | c :: rest => forallb (fun c' => apart (shift c) (shift c')) rest && all_apart rest end.

Definition parameters_ok : bool :=
  negb (Qle_bool (width F) 0) && negb (Qle_bool 1 (width F)) && Qle_bool 1 (bound F) && Qle_bool 0 (growth F) &&
  Qle_bool 0 (limit F) && negb (Qle_bool (top F) 0) && negb (Qle_bool (ratio F) 0) &&
  Qle_bool (2 * top F) (width F) && Qle_bool (2 * bound F * ratio F) 1 && Qle_bool (growth F * ratio F) 1.

Definition family_ok (m : stencil) : bool :=
  sizes_ok && parameters_ok && mask_ok m && Nat.leb 3 (length (classes F)) && all_apart (classes F) &&
  forallb (fun c => places_ok c && states_ok m c && window_ok c) (classes F).

(** * The questions: one for each of the programs, and one for the seed. *)
Definition block_question (b : block) (more : list node) (frames : list frame) : option question :=
  ask (inputs b) (body b ++ more) [] [] frames.

Definition family_questions (m : stencil) (s : list simplex) (coords : list (list form)) (w : meetings)
    : option (list question) :=
  if family_ok m && seed_ok 2 s coords w then
    match block_question (opening F) opening_products (flat_map opening_frames (classes F)),
          block_question (stage F) [] (flat_map (stage_frames m) (classes F)),
          block_question (final F) [] (flat_map (final_frames m) (classes F)),
          block_question (closing F) [] (flat_map closing_frames (classes F) ++ gate_frames),
          ask 2 seed_program seed_rows (cells_of s coords) seed_frames with
    | Some q1, Some q2, Some q3, Some q4, Some q5 => Some [q1; q2; q3; q4; q5]
    | _, _, _, _, _ => None
    end
  else None.
End Frames.
