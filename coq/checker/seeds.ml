(* The cells of a seed, as forms, for elaborators. Not believed. *)

open Form

let coordinates corners =
  match List.map (fun (p, _) -> match p with [x; y] -> (x, y) | _ -> assert false) corners with
  | [p; q; r] ->
    let one (x, y) (u, v) (s, t) =
      let a = Q.sub v t and b = Q.sub s u in
      let d = Q.add (Q.mul a (Q.sub x u)) (Q.mul b (Q.sub y v)) in
      if Q.sign d = 0 then raise (Json.Unreadable "seed.triangles: a degenerate triangle");
      { c = Q.div (Q.neg (Q.add (Q.mul a u) (Q.mul b v))) d; a = Q.div a d; b = Q.div b d; keys = Keys.empty } in
    [one p q r; one q r p; one r p q]
  | _ -> assert false

let corners_of (t : Kernel.simplex) =
  let back (x : Kernel.q) = Q.make x.Kernel.qnum x.Kernel.qden in
  List.map (fun (c : Kernel.corner) -> (List.map back c.Kernel.place, back (List.hd c.Kernel.values))) t

let cell t =
  let corners = corners_of t in
  let cs = coordinates corners in
  (cs, List.fold_left2 (fun f (_, v) c -> add_mul v c f) zero corners cs)

(* Weights for each pair of cells, which agree where they meet. *)
let rec meetings = function
  | [] -> []
  | t :: rest -> List.map (fun u -> [Elaborate.agreement t u]) rest :: meetings rest
