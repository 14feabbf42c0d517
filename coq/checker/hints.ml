(* What a proof about a family needs to know: where its values are, from the evidence (docs/certificate.md, section 7),
   and what follows from mask and seed. Not believed. *)

open Form
open Reader

let z = Z.of_int
let rational = Seeds.rational

type evidence = { width : Q.t; corner : int * int; classes : Json.t list }

let integer place = function
  | Json.Integer k when Z.fits_int k && abs (Z.to_int k) < 1 lsl 40 -> Z.to_int k
  | _ -> refuse place "expected an integer"
let integers place count value = List.map (integer place) (entries place count value)
let naturals place count value = List.map (small place) (entries place count value)

let file_family value = match value with
  | Json.Object l when List.mem_assoc "family" l -> List.assoc "family" l
  | _ -> refuse "evidence" "the key family is missing"

let evidence value =
  let get = members "evidence" ["kind"; "width"; "corner"; "classes"] ~optional:["family"; "interfaces"] value in
  let corner = match integers "corner" 2 (get "corner") with [i; j] -> (i, j) | _ -> assert false in
  { width = Reader.rational "width" (get "width"); corner; classes = array "classes" (get "classes") }

(* All cells from which arrows of the mask lead to one of these, in some steps, and these. *)
let alive mask cells =
  let found = Hashtbl.create 64 in
  let rec visit (i, j) =
    if not (Hashtbl.mem found (i, j)) then begin
      Hashtbl.add found (i, j) ();
      List.iter (fun (k, l) ->
          List.iter (fun (q1, q2) ->
              let a = i + k - q1 and b = j + l - q2 in
              if a land 1 = 0 && b land 1 = 0 then visit (a asr 1, b asr 1)) [(0, 0); (0, 1); (1, 0); (1, 1)]) mask
    end in
  List.iter visit cells;
  List.sort compare (Hashtbl.fold (fun a () l -> a :: l) found [])

(* The closing program where all rows are p (1, u, v) with the same (u, v): forms in u and v, row by row, for each node
   that is not made of units of no sign. [rows]: keys of p, pu, pv. *)
let following (closing : Format2.program) rows =
  let no_row = List.map (fun _ -> zero) rows in
  let input k =
    List.map (fun (p, pu, pv) ->
        if k = p then const Q.one else if k = pu then key 1 else if k = pv then key 2 else zero) rows in
  let known = List.concat_map (fun (p, pu, pv) -> [p; pu; pv]) rows in
  let inputs = closing.Format2.program_inputs in
  let nodes = Array.of_list closing.Format2.body in
  (* the first line that cuts the polygon and along which a unit changes its sign in one of the rows *)
  fun p sides ->
    let forms = Array.make (inputs + Array.length nodes + 1) None in
    List.iter (fun k -> forms.(k) <- Some (input k)) known;
    let line = ref None in
    Array.iteri (fun i node ->
        let at j = forms.(Z.to_int j) in
        if !line = None then
          forms.(inputs + i + 1) <- (match node with
              | Kernel.Op (Kernel.Affine (terms, bias)) when Q.sign (rational bias) = 0 ->
                List.fold_left (fun sum (j, w) -> match sum, at j with
                    | Some l, Some l' -> Some (List.map2 (fun f g -> add_mul (rational w) g f) l l')
                    | _ -> None) (Some no_row) terms
              | Kernel.Op (Kernel.Relu j) ->
                Option.bind (at j) (fun l ->
                    let signs = List.map (sides p) l in
                    (match List.find_opt (fun f -> sides p f = (true, true)) l with Some f -> line := Some f | None -> ());
                    if List.for_all (fun (below, _) -> not below) signs then Some l
                    else if List.for_all (fun (_, above) -> not above) signs then Some no_row
                    else None)
              | _ -> None)) nodes;
    !line

(* The unit square, cut until g is affine on each polygon next to each of these cells, g at cell + (u, v) − shift, and
   until units of the closing program have a sign there. *)
let reading (known : Seeds.known) shift cells closing rows =
  let o = Q.zero and l = Q.one in
  let square = rectangle (Some (o, 1), Some (l, 2)) (Some (o, 3), Some (l, 4)) in
  let moved (i, j) f =
    { f with c = Q.add f.c (Q.add (Q.mul f.a (Q.sub (Q.of_int i) shift)) (Q.mul f.b (Q.sub (Q.of_int j) shift))) } in
  let next_to cell = List.map (fun (cs, values) -> (List.map (moved cell) cs, moved cell (List.hd values))) known.Seeds.cells in
  let cells = List.map next_to cells in
  let sides p f = let s = Array.map (fun v -> Q.sign (at f v)) p.vertices in (Array.mem (-1) s, Array.mem 1 s) in
  (* the value where the polygon is in a triangle, none where it is apart from it, or an edge that cuts it *)
  let where p (cs, value) =
    let signs = List.map (fun f -> (f, sides p f)) cs in
    if List.for_all (fun (_, (below, _)) -> not below) signs then `In value
    else if List.exists (fun (_, (_, above)) -> not above) signs then `Apart
    else `Cut (fst (List.find (fun (_, (below, above)) -> below && above) signs)) in
  let kink = following closing rows in
  let rec cut p =
    let found = List.map (List.map (where p)) cells in
    let edge = List.find_map (List.find_map (function `Cut f -> Some f | _ -> None)) found in
    match (if edge = None then kink p sides else edge) with
    | Some f -> Kernel.Cut (to_kernel f, cut (part p (opposite f) 5), cut (part p f 5))
    | None ->
      let value l = Option.value (List.find_map (function `In f -> Some f | _ -> None) l) ~default:zero in
      Kernel.Leaf0 (List.map (fun l -> to_kernel (value l)) found) in
  cut square

(* Node k of a program with so many inputs of the file, as the kernel has it. *)
let key_of (p : Format2.program) inputs k =
  if k < inputs then z (k + 1) else z (k - 1 + p.Format2.program_inputs - inputs)

let one_class (family : Format2.family) mask known (e : evidence) value : Kernel.class0 =
  let keys = ["shift"; "lengths"; "rows"; "digits"; "loops"; "cells"; "bumps"; "read"; "seam"; "value"] in
  let get = members "class" keys value in
  let ox, oy = e.corner in
  let shift = Reader.rational "shift" (get "shift") in
  let row v : Kernel.row = match integers "rows" 6 v with
    | [_; _; _; p; pu; pv] when p < 0 || pu < 0 || pv < 0 -> refuse "rows" "a place is negative"
    | [i; j; sign; p; pu; pv] ->
      { Kernel.cell0 = (z (i + ox), z (j + oy)); sign = z sign; p_at = z (p + 1); pu_at = z (pu + 1); pv_at = z (pv + 1) }
    | _ -> assert false in
  let rows key = List.map row (array key (get key)) in
  let finals = rows "read" in
  let cells = List.map (fun (r : Kernel.row) -> let i, j = r.Kernel.cell0 in (Z.to_int i, Z.to_int j)) finals in
  let places = List.map (fun (r : Kernel.row) -> (Z.to_int r.Kernel.p_at, Z.to_int r.Kernel.pu_at, Z.to_int r.Kernel.pv_at)) finals in
  let pairs f l = match l with [x; y] -> (f x, f y) | _ -> assert false in
  let lengths = pairs Fun.id (naturals "lengths" 2 (get "lengths")) in
  let digits = pairs Fun.id (naturals "digits" 2 (get "digits")) in
  let loops = pairs (fun l -> pairs (fun k -> z (k + 1)) (naturals "loops" 2 l)) (entries "loops" 2 (get "loops")) in
  if fst lengths > 10_000 || snd lengths > 10_000 then refuse "lengths" "the window is too large";
  let axis o length digit (loop_p, loop_q) : Kernel.axis =
    { Kernel.low = z o; high = z (o + length); running = List.init length (fun i -> z (o + i)); digit = z (digit + 1);
      loop_p; loop_q } in
  let closing = family.Format2.closing in
  { Kernel.shift = q_of shift; axis_x = axis ox (fst lengths) (fst digits) (fst loops);
    axis_y = axis oy (snd lengths) (snd digits) (snd loops); rows = rows "rows"; finals;
    alive = List.map (fun (i, j) -> (z i, z j)) (alive mask cells); deficit = z (small "seam" (get "seam") + 1);
    value_at_end = key_of closing closing.Format2.program_inputs (small "value" (get "value"));
    read = reading known shift cells closing places }

(* Selectors and residuals of cells are nodes of the first program with known bounds. *)
let lemmas (family : Format2.family) (e : evidence) =
  let width = scaled e.width (key 3) in
  let of_class value =
    let cells = members "class" ["cells"] ~optional:["shift"; "lengths"; "rows"; "digits"; "loops"; "bumps"; "read"; "seam"; "value"]
        value "cells" in
    let triple v = match naturals "cells" 3 v with
      | [_; selector; residual] ->
        let at k = Z.to_int (key_of family.Format2.start 2 k) in
        [(at selector, width); (at residual, key 4)]
      | _ -> assert false in
    List.concat_map (fun axis -> List.concat_map triple (array "cells" axis)) (entries "cells" 2 cells) in
  List.concat_map of_class e.classes

(* The family of the kernel, with numbers as large as the comparisons of constants allow. *)
let family (problem : problem) (stencil : Kernel.stencil) known (family : Format2.family) (e : evidence) : Kernel.family =
  let mask = List.filter_map (fun ((i, j), w) ->
      if Q.sign (rational w) = 0 then None else Some (Z.to_int i, Z.to_int j)) stencil in
  let nothing : Kernel.block = { Kernel.inputs = 0; body = []; outputs = [] } in
  let places = List.concat_map (List.map (fun (c : Kernel.corner) -> List.map rational c.Kernel.place)) problem.seed in
  let side pick pick' =
    let down x = Z.to_int (Z.fdiv (Q.num x) (Q.den x)) and up x = Z.to_int (Z.cdiv (Q.num x) (Q.den x)) in
    let low = List.fold_left min max_int (List.map pick mask @ List.map (fun p -> down (pick' p)) places) in
    (low, List.fold_left max min_int (List.map pick mask @ List.map (fun p -> up (pick' p)) places)) in
  let x0, x1 = side fst List.hd and y0, y1 = side snd (fun p -> List.nth p 1) in
  let nowhere = List.for_all (fun (_, values) -> List.for_all (fun f -> equal f zero) values) known.Seeds.cells in
  let base = family.Format2.base and factor = family.Format2.factor in
  Format2.with_programs family
    { Kernel.opening = nothing; stage = nothing; final = nothing; closing = nothing;
      classes = List.map (one_class family mask known e) e.classes; width = q_of e.width;
      arc = q_of (Q.mul (Q.of_int 2) e.width); bound = q_of (Q.div base (Q.of_int 2)); growth = q_of base;
      limit = q_of (if nowhere then Q.zero else Q.inv factor); top = q_of factor; ratio = q_of Q.zero;
      low_corner = (z x0, z y0); high_corner = (z x1, z y1) }
