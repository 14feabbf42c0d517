(* The statement of a certificate of format 1. Believed: what is read here is what is proved. *)

open Json
open Reader

type claim = Equal | Differs of { point : Q.t list; network : Q.t; target : Q.t }

type certificate = {
  problem : problem; net : Kernel.network; claim : claim;
  n : int; evidence : Json.t;                     (* evidence is not believed: it goes to the elaborator *)
}

let pair place value = rationals place 2 value

(* Twice the signed area of the triangle of three points. *)
let area p q r = match p, q, r with
  | [x; y], [u; v], [s; t] -> Q.sub (Q.mul (Q.sub u x) (Q.sub t y)) (Q.mul (Q.sub v y) (Q.sub s x))
  | _ -> assert false

(* Refuse triangles that are degenerate or overlap, and a value that is not 0 where there is a triangle on one side
   only. That they agree where they meet is shown by the kernel. *)
let continuous triangles =
  let triangles = List.map (List.map (fun (p, v) -> (p, List.hd v))) triangles in
  let points t = List.map fst t in
  let oriented t = match t with
    | [a; b; c] -> if Q.sign (area (fst a) (fst b) (fst c)) < 0 then [a; c; b] else t
    | _ -> assert false in
  let triangles = List.map oriented triangles in
  let edges t = match t with [a; b; c] -> [(a, b); (b, c); (c, a)] | _ -> assert false in
  let beyond t u = List.exists (fun ((p, _), (q, _)) ->
      List.for_all (fun r -> Q.sign (area p q r) <= 0) (points u)) (edges t) in
  let holds t m = List.for_all (fun ((p, _), (q, _)) -> Q.sign (area p q m) >= 0) (edges t) in
  let between (p : Q.t list) q s = List.map2 (fun x y -> Q.add x (Q.mul s (Q.sub y x))) p q in
  let rec pairs = function
    | [] -> ()
    | t :: rest ->
      List.iter (fun u -> if not (beyond t u || beyond u t) then refuse "seed" "two triangles overlap") rest;
      pairs rest in
  List.iter (fun t -> if Q.sign (area (fst (List.nth t 0)) (fst (List.nth t 1)) (fst (List.nth t 2))) = 0 then
                refuse "seed" "a triangle is degenerate") triangles;
  pairs triangles;
  List.iter (fun t ->
      let others = List.filter (fun u -> u != t) triangles in
      List.iter (fun ((p, v), (q, w)) ->
          let crossing ((a, _), (b, _)) =
            let u = area a b p and r = area a b q in
            if Q.equal u r then [] else [Q.div u (Q.sub u r)] in
          let places = List.concat_map (fun u -> List.concat_map crossing (edges u)) others in
          let inner = List.filter (fun s -> Q.sign s > 0 && Q.lt s Q.one) places in
          let places = List.sort_uniq Q.compare (Q.zero :: Q.one :: inner) in
          let rec pieces = function
            | s :: (r :: _ as rest) ->
              let value s = Q.add v (Q.mul s (Q.sub w v)) in
              let middle = between p q (Q.div (Q.add s r) (Q.of_int 2)) in
              if (Q.sign (value s) <> 0 || Q.sign (value r) <> 0) && not (List.exists (fun u -> holds u middle) others)
              then refuse "seed" "the function jumps across an edge";
              pieces rest
            | _ -> () in
          pieces places) (edges t)) triangles

let seed value =
  let get = members "seed" ["vertices"; "triangles"; "values"] value in
  let vertices = List.map (pair "seed.vertices") (array "seed.vertices" (get "vertices")) in
  let values = List.map (fun v -> [rational "seed.values" v]) (array "seed.values" (get "values")) in
  let triangles = simplices 2 vertices values (get "triangles") in
  continuous triangles;
  List.map simplex triangles

let claim value =
  match kind "claim" value with
  | "equal" -> ignore (members "claim" ["kind"] value : string -> Json.t); Equal
  | "differs" ->
    let get = members "claim" ["kind"; "point"; "network"; "target"] value in
    Differs { point = pair "claim.point" (get "point"); network = rational "claim.network" (get "network");
              target = rational "claim.target" (get "target") }
  | _ -> refuse "claim" "expected the kind equal or differs"

(* Every coefficient is a number here. *)
let numbers value = match value with
  | Object found -> List.iter (fun (_, c) -> ignore (rational "mask" c : Q.t)) found; value
  | _ -> value

let certificate json =
  let get = members "certificate" ["format"; "problem"; "n"; "network"; "claim"; "evidence"] json in
  format "format" "exactrelu-certificate/1" (get "format");
  let of_problem = members "problem" ["format"; "name"; "mask"; "seed"] ~optional:["window"; "comment"] (get "problem") in
  format "problem.format" "exactrelu-problem/1" (of_problem "format");
  let two = Q.of_int 2 in
  let problem = {
    name = text "problem.name" (of_problem "name"); dimension = 2; matrix = [[two; Q.zero]; [Q.zero; two]]; first = [];
    repeat = [mask 2 1 (numbers (of_problem "mask"))]; seed = seed (of_problem "seed"); component = 1 } in
  { problem; n = small "n" (get "n"); net = single 2 (network (get "network")); claim = claim (get "claim");
    evidence = get "evidence" }
