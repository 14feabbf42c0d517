(* Evidence by enumeration or at a point, as the elaborator takes it. Not believed. *)

open Form

let number = Z.to_int
let rational = Seeds.rational

let node = function
  | Kernel.Affine (l, b) -> Elaborate.Sum (List.map (fun (j, w) -> (number j, rational w)) l, rational b)
  | Kernel.Relu j -> Elaborate.Relu (number j)

(* In the elaborator nodes begin at 3. For networks of one input, number k there is k − 1 in the kernel. *)
let raised d k = if k > d then k + 2 - d else k
let raised_node d = function
  | Elaborate.Sum (l, b) -> Elaborate.Sum (List.map (fun (j, w) -> (raised d j, w)) l, b)
  | Elaborate.Relu j -> Elaborate.Relu (raised d j)

let lowered d step =
  let k i = if Z.gt i (Z.of_int 2) then Z.sub i (Z.of_int (2 - d)) else i in
  let form (c, l) = (c, List.map (fun (i, w) -> (k i, w)) l) in
  if d = 2 then step else match step with
    | Kernel.Split f -> Kernel.Split (form f)
    | Kernel.Aff i -> Kernel.Aff (k i)
    | Kernel.On (i, w) -> Kernel.On (k i, w)
    | Kernel.Off (i, w) -> Kernel.Off (k i, w)
    | Kernel.Scale (i, j, s) -> Kernel.Scale (k i, k j, s)
    | Kernel.Sym i -> Kernel.Sym (k i)
    | Kernel.Low i -> Kernel.Low (k i)
    | Kernel.Up (i, f, w, w') -> Kernel.Up (k i, form f, w, w')
    | Kernel.Inside (i, cell, w) -> Kernel.Inside (k i, cell, w)
    | Kernel.Outside (i, l) -> Kernel.Outside (k i, l)
    | step -> step

let nodes_of d (net : Kernel.network) = Array.of_list (List.map (fun o -> raised_node d (node o)) net.Kernel.nodes)

(* A network minus V_1 … V_n g, as [start_realizes] has it. *)
let compared (problem : Kernel.problem) (net : Kernel.network) (known : Seeds.known) emit =
  let d = problem.Kernel.dimension in
  let nodes = nodes_of d net in
  let matrix, l = Kernel.iterate_form problem in
  let first = 3 + Array.length nodes in
  let entry l i = Option.value (List.nth_opt l i) ~default:Q.zero in
  let rows = List.init 2 (fun i -> List.map rational (Option.value (List.nth_opt matrix i) ~default:[])) in
  let translate i ((shift, component), _) =
    let shift = List.map rational shift in
    let coordinate k =
      let row = List.nth rows k in
      { zero with c = Q.neg (entry shift k); a = entry row 0; b = entry row 1 } in
    let u = coordinate 0 and v = coordinate 1 in
    let moved f = add_mul f.a u (add_mul f.b v (const f.c)) in
    let determinant = Q.sub (Q.mul u.a v.b) (Q.mul u.b v.a) in
    let box =
      if d <> 2 || Q.sign determinant = 0 then None
      else
        let place p =
          let s = Q.sub (rational (List.nth p 0)) u.c and t = Q.sub (rational (List.nth p 1)) v.c in
          (Q.div (Q.sub (Q.mul s v.b) (Q.mul t u.b)) determinant, Q.div (Q.sub (Q.mul t u.a) (Q.mul s v.a)) determinant) in
        let corners = List.concat_map (List.map (fun (c : Kernel.corner) -> place c.Kernel.place)) problem.Kernel.seed in
        let range l = match l with [] -> (Q.zero, Q.zero) | x :: r -> (List.fold_left Q.min x r, List.fold_left Q.max x r) in
        let x0, x1 = range (List.map fst corners) and y0, y1 = range (List.map snd corners) in
        Some (x0, x1, y0, y1) in
    let cell (cs, values) = (List.map moved cs, moved (List.nth values (number component - 1))) in
    { Elaborate.id = first + i; box; cells = List.map cell known.Seeds.cells } in
  let terms = Kernel.all_terms l in
  let out = raised d (number net.Kernel.output) in
  { Elaborate.nodes; outs = [out]; last = Some (first + List.length terms);
    target = (out, Q.one) :: List.mapi (fun i (_, w) -> (first + i, Q.neg (rational w))) terms;
    translates = List.mapi translate terms; emit = (fun step -> emit (lowered d step)) }

(* Two networks, as [start_near] has them. *)
let side_by_side d (one : Kernel.network) (other : Kernel.network) emit =
  let count = List.length one.Kernel.nodes in
  let behind k = if k > 2 then k + count else k in
  let moved = function
    | Elaborate.Sum (l, b) -> Elaborate.Sum (List.map (fun (j, w) -> (behind j, w)) l, b)
    | Elaborate.Relu j -> Elaborate.Relu (behind j) in
  let nodes = Array.append (nodes_of d one) (Array.map moved (nodes_of d other)) in
  let out = raised d (number one.Kernel.output) and out' = behind (raised d (number other.Kernel.output)) in
  { Elaborate.nodes; outs = [out; out']; last = Some (3 + Array.length nodes);
    target = [(out, Q.one); (out', Q.minus_one)]; translates = []; emit = (fun step -> emit (lowered d step)) }

let alone d (net : Kernel.network) emit =
  let out = raised d (number net.Kernel.output) in
  { Elaborate.nodes = nodes_of d net; outs = [out]; last = None; target = [(out, Q.one)]; translates = [];
    emit = (fun step -> emit (lowered d step)) }

let enumeration d evidence =
  let open Reader in
  let get = members "evidence" ["kind"; "lines"; "tree"] evidence in
  let line v =
    let l = rationals "evidence.lines" (d + 1) v in
    let slopes = List.filteri (fun i _ -> i < d) l in
    if not (List.for_all (fun x -> Z.equal (Q.den x) Z.one) l) || List.for_all (fun x -> Q.sign x = 0) slopes then
      refuse "evidence.lines" "expected integers, the first ones not all zero";
    match l with
    | [a; b; c] -> { zero with a; b; c }
    | [a; c] -> { zero with a; c }
    | _ -> assert false in
  let lines = Array.of_list (List.map line (array "evidence.lines" (get "lines"))) in
  let entry = function
    | Json.Integer i when Z.equal i Z.minus_one -> -1
    | v -> index_below (Array.length lines) "evidence.tree" v in
  (lines, List.map entry (array "evidence.tree" (get "tree")))

(* The values of a network at a point, and those steps of a proof that say so. *)
let takes (net : Kernel.network) point emit =
  let values = Elaborate.follow (Array.of_list (List.map node net.Kernel.nodes)) (Array.of_list point) emit in
  emit (Kernel.Done ([], []));
  values.(number net.Kernel.output - 1)

let value_at net point = takes net point ignore

(* What is subtracted from the network in [compared], at a point, with its sign. *)
let translates_at (p : Elaborate.program) (x, y) =
  List.fold_left2 (fun s (_, w) t -> Q.add s (Q.mul w (Elaborate.translate_at (x, y) t))) Q.zero
    (List.tl p.Elaborate.target) p.Elaborate.translates
