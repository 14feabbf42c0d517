(* Evidence by enumeration or at a point, as the elaborator takes it. Not believed. *)

open Form
open Seeds

let number = Z.to_int
let rational (x : Kernel.q) = Q.make x.Kernel.qnum x.Kernel.qden

let program (c : Reader.certificate) problem cells emit =
  let node = function
    | Kernel.Affine (l, b) -> Elaborate.Sum (List.map (fun (j, w) -> (number j, rational w)) l, rational b)
    | Kernel.Relu j -> Elaborate.Relu (number j) in
  let nodes = Array.of_list (List.map node c.net.Kernel.nodes) in
  let _, l = Kernel.iterate_form problem in
  let first = 3 + Array.length nodes in
  let scale = Q.of_bigint (Z.pow (Z.of_int 2) c.n) in
  let terms = List.mapi (fun i ((shift, _), w) -> (first + i, List.map rational shift, rational w)) (Kernel.all_terms l) in
  let translate (id, shift, _) =
    let i, j = match shift with [i; j] -> (i, j) | [] -> (Q.zero, Q.zero) | _ -> assert false in
    let moved f = { f with c = Q.sub f.c (Q.add (Q.mul f.a i) (Q.mul f.b j)); a = Q.mul f.a scale; b = Q.mul f.b scale } in
    let points = List.concat_map corners_of c.seed in
    let range pick shift =
      let l = List.map (fun (p, _) -> Q.div (Q.add (pick p) shift) scale) points in
      match l with [] -> (Q.zero, Q.zero) | x :: r -> (List.fold_left Q.min x r, List.fold_left Q.max x r) in
    let x0, x1 = range List.hd i and y0, y1 = range (fun p -> List.nth p 1) j in
    { Elaborate.id; box = (x0, x1, y0, y1); cells = List.map (fun (cs, f) -> (List.map moved cs, moved f)) cells } in
  { Elaborate.nodes; out = number c.net.Kernel.output; last = first + List.length terms;
    last_terms = (number c.net.Kernel.output, Q.one) :: List.map (fun (id, _, w) -> (id, Q.neg w)) terms;
    translates = List.map translate terms; emit }

let enumeration evidence =
  let open Reader in
  let get = members "evidence" ["kind"; "lines"; "tree"] evidence in
  let line v = match array "evidence.lines" v with
    | [a; b; c] ->
      let a, b, c = (rational "evidence.lines" a, rational "evidence.lines" b, rational "evidence.lines" c) in
      if not (List.for_all (fun x -> Z.equal (Q.den x) Z.one) [a; b; c]) || (Q.sign a = 0 && Q.sign b = 0) then
        refuse "evidence.lines" "expected three integers, the first two not both zero";
      { a; b; c; keys = Keys.empty }
    | _ -> refuse "evidence.lines" "expected three integers" in
  let lines = Array.of_list (List.map line (array "evidence.lines" (get "lines"))) in
  let entry v = match v with
    | Json.Integer i when Z.equal i Z.minus_one -> -1
    | v -> let i = small "evidence.tree" v in
      if i >= Array.length lines then refuse "evidence.tree" "the number of no line"; i in
  (lines, List.map entry (array "evidence.tree" (get "tree")))

let kind evidence = match evidence with
  | Json.Object l -> (match List.assoc_opt "kind" l with Some (Json.Text s) -> s | _ -> Reader.refuse "evidence" "no kind")
  | _ -> Reader.refuse "evidence" "expected an object"

(* What the kernel is told of a seed: forms of its cells, and why they agree where they meet. *)
let known_of seed =
  let cells = List.map cell seed in
  let meetings = try meetings cells with Elaborate.Stuck why -> raise (Json.Unreadable ("seed: " ^ why)) in
  (cells, List.map (fun (cs, _) -> List.map to_kernel cs) cells, meetings)

(* The steps that show that a network is V^n g. *)
let realized (c : Reader.certificate) problem cells emit =
  let lines, entries = enumeration c.evidence in
  Elaborate.tree (program c problem cells emit) lines entries
