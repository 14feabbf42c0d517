(* Affine forms in x and y and in keys, and exact geometry of convex polygons. Not believed. *)

module Keys = Map.Make (Int)

(* c + a x + b y + the weighted sum of keys (nodes from 3 on) *)
type t = { c : Q.t; a : Q.t; b : Q.t; keys : Q.t Keys.t }

let const c = { c; a = Q.zero; b = Q.zero; keys = Keys.empty }
let zero = const Q.zero
let key k = if k = 1 then { zero with a = Q.one } else if k = 2 then { zero with b = Q.one }
  else { zero with keys = Keys.singleton k Q.one }

(* q f + g *)
let add_mul q f g =
  if Q.sign q = 0 then g else
    let keys = if Keys.is_empty f.keys then g.keys else
        Keys.union (fun _ u v -> let s = Q.add u v in if Q.sign s = 0 then None else Some s)
          (Keys.map (Q.mul q) f.keys) g.keys in
    { c = Q.add (Q.mul q f.c) g.c; a = Q.add (Q.mul q f.a) g.a; b = Q.add (Q.mul q f.b) g.b; keys }

let scaled q f = add_mul q f zero
let opposite f = scaled Q.minus_one f
let minus f g = add_mul Q.minus_one g f
let is_affine f = Keys.is_empty f.keys
let equal f g = Q.equal f.c g.c && Q.equal f.a g.a && Q.equal f.b g.b && Keys.equal Q.equal f.keys g.keys
let affine_part f = { f with keys = Keys.empty }

let to_kernel f : Kernel.form =
  let q = Reader.q_of in
  let coordinate k w rest = if Q.sign w = 0 then rest else (Z.of_int k, q w) :: rest in
  (q f.c, coordinate 1 f.a (coordinate 2 f.b (List.map (fun (k, w) -> (Z.of_int k, q w)) (Keys.bindings f.keys))))

(* A convex polygon with vertices counterclockwise, (x, y, true), or directions (x, y, false) at infinity. Side i joins
   the vertices i and i + 1; [sides.(i)] is the number of the fact that a form is >= 0 there (0 at infinity), and it. *)
type polygon = { vertices : (Q.t * Q.t * bool) array; sides : (int * t) array }

let at f (x, y, finite) =
  let slope = Q.add (Q.mul f.a x) (Q.mul f.b y) in
  if finite then Q.add slope f.c else slope

(* The least value of an affine form and the vertex where it is taken; None if it is unbounded below. *)
let least p f =
  let best = ref None and unbounded = ref false in
  Array.iteri (fun i ((_, _, finite) as v) ->
      let value = at f v in
      if not finite then (if Q.sign value < 0 then unbounded := true)
      else match !best with
        | Some (b, _) when Q.leq b value -> ()
        | _ -> best := Some (value, i)) p.vertices;
  if !unbounded then None else !best

(* Weights of the two sides at its least vertex for an affine form that is >= 0 on the polygon. *)
let weights p f =
  if Q.sign f.a = 0 && Q.sign f.b = 0 then [] else
    match least p f with
    | None -> failwith "unbounded"
    | Some (_, i) ->
      let n = Array.length p.vertices in
      let (id1, h1) = p.sides.((i + n - 1) mod n) and (id2, h2) = p.sides.(i) in
      let det (a, b) (c, d) = Q.sub (Q.mul a d) (Q.mul b c) in
      let d = det (h1.a, h1.b) (h2.a, h2.b) in
      let l1 = Q.div (det (f.a, f.b) (h2.a, h2.b)) d and l2 = Q.div (det (h1.a, h1.b) (f.a, f.b)) d in
      List.filter (fun (_, l) -> Q.sign l <> 0) [(id1, l1); (id2, l2)]

let crosses p f =
  let below = ref false and above = ref false in
  Array.iter (fun v -> let s = Q.sign (at f v) in if s < 0 then below := true else if s > 0 then above := true) p.vertices;
  !below && !above

(* The part where f >= 0, for a form that takes both signs; its new side is the fact number [id]. *)
let part p f id =
  let n = Array.length p.vertices in
  let value = Array.map (at f) p.vertices in
  let crossing i j =
    let (x, y, e), (u, v, g) = p.vertices.(i), p.vertices.(j) in
    let s = Q.abs value.(j) and t = Q.abs value.(i) in
    let mix a b = Q.add (Q.mul s a) (Q.mul t b) in
    let w = Q.add (if e then s else Q.zero) (if g then t else Q.zero) in
    if Q.sign w = 0 then (mix x u, mix y v, false) else (Q.div (mix x u) w, Q.div (mix y v) w, true) in
  let vertices = ref [] and sides = ref [] in
  let push v s = vertices := v :: !vertices; sides := s :: !sides in
  for i = 0 to n - 1 do
    let j = (i + 1) mod n in
    let s = Q.sign value.(i) and t = Q.sign value.(j) in
    if s >= 0 && t >= 0 then push p.vertices.(i) p.sides.(i)
    else if s > 0 then (push p.vertices.(i) p.sides.(i); push (crossing i j) (id, f))
    else if s = 0 then push p.vertices.(i) (id, f)
    else if t > 0 then push (crossing i j) p.sides.(i)
  done;
  { vertices = Array.of_list (List.rev !vertices); sides = Array.of_list (List.rev !sides) }

(* The polygon of two intervals, each with one end at least; an end comes with the number of the fact that says so. *)
let rectangle (left, right) (low, high) =
  let upwards axis (t, id) = (axis, t, (id, add_mul Q.one (key axis) (const (Q.neg t)))) in
  let downwards axis (t, id) = (axis, t, (id, add_mul Q.minus_one (key axis) (const t))) in
  let sides = [| Option.map (upwards 2) low; Option.map (downwards 1) right; Option.map (downwards 2) high;
                 Option.map (upwards 1) left |] in
  let along = [| (1, 0); (0, 1); (-1, 0); (0, -1) |] in          (* directions in which they are run through *)
  let ideal s (u, v) = (Q.of_int (s * u), Q.of_int (s * v), false) in
  let found = List.concat (List.init 4 (fun i ->
      match sides.(i) with
      | None -> []
      | Some (axis, t, side) ->
        let corner = match sides.((i + 3) mod 4) with
          | Some (_, s, _) -> if axis = 1 then (t, s, true) else (s, t, true)
          | None -> ideal (-1) along.(i) in
        let behind = if sides.((i + 1) mod 4) = None then [(ideal 1 along.(i), (0, zero))] else [] in
        (corner, side) :: behind)) in
  { vertices = Array.of_list (List.map fst found); sides = Array.of_list (List.map snd found) }
