(* The cells of a seed in one or two dimensions, as forms, for elaborators. Not believed. *)

open Form

let rational (x : Kernel.q) = Q.make x.Kernel.qnum x.Kernel.qden

(* The barycentric coordinates of a segment or a triangle. *)
let coordinates places =
  let degenerate d = if Q.sign d = 0 then raise (Json.Unreadable "seed: a degenerate simplex") in
  match places with
  | [[p]; [q]] ->
    let one p q =
      let d = Q.sub p q in
      degenerate d;
      { zero with c = Q.neg (Q.div q d); a = Q.inv d } in
    [one p q; one q p]
  | [[p; p']; [q; q']; [r; r']] ->
    let one (x, y) (u, v) (s, t) =
      let a = Q.sub v t and b = Q.sub s u in
      let d = Q.add (Q.mul a (Q.sub x u)) (Q.mul b (Q.sub y v)) in
      degenerate d;
      { zero with c = Q.div (Q.neg (Q.add (Q.mul a u) (Q.mul b v))) d; a = Q.div a d; b = Q.div b d } in
    let p = (p, p') and q = (q, q') and r = (r, r') in
    [one p q r; one q r p; one r p q]
  | _ -> raise (Reader.Outside "seeds in more than two dimensions")

(* Its coordinates, and the form of each component of the seed. *)
let cell (t : Kernel.simplex) =
  let cs = coordinates (List.map (fun (c : Kernel.corner) -> List.map rational c.Kernel.place) t) in
  let components = match t with [] -> 0 | c :: _ -> List.length c.Kernel.values in
  let value i = List.fold_left2 (fun f (p : Kernel.corner) c -> add_mul (rational (List.nth p.Kernel.values i)) c f) zero t cs in
  (cs, List.init components value)

let to_weights l = List.map (fun (i, w) -> (Z.of_int i, Reader.q_of w)) l

exception Jump

(* Weights for each pair of cells, which agree where they meet, in both directions. *)
let agreement (cs, fs) (ds, gs) =
  let facts = List.mapi (fun i h -> (i + 1, h)) (cs @ ds) in
  let one f = match Simplex.weights ~wide:true facts f with Some w -> to_weights w | None -> raise Jump in
  List.map2 (fun f g -> (one (minus f g), one (minus g f))) fs gs

let rec meetings = function
  | [] -> []
  | t :: rest -> List.map (agreement t) rest :: meetings rest

(* What the kernel is told of a seed: forms of its cells, and why they agree where they meet. *)
type known = { cells : (Form.t list * Form.t list) list; coords : Kernel.form list list; met : Kernel.meetings }

let known seed =
  let cells = List.map cell seed in
  { cells; coords = List.map (fun (cs, _) -> List.map to_kernel cs) cells; met = meetings cells }
