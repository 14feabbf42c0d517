(* The statement of a certificate, from its JSON text. Believed: what is read here is what is proved. *)

open Json

type claim = Equal | Differs of { point : Q.t list; network : Q.t; target : Q.t }

type certificate = {
  mask : Kernel.stencil; seed : Kernel.simplex list; net : Kernel.network; claim : claim;
  n : int; name : string; evidence : Json.t;        (* evidence is not believed: it goes to the elaborator *)
}

exception Outside of string       (* a certificate of a kind that this checker does not know *)

let refuse place what = raise (Unreadable (place ^ ": " ^ what))

let members place keys ?(optional = []) = function
  | Object found ->
    List.iter (fun (k, _) -> if not (List.mem k keys || List.mem k optional) then refuse place ("the unknown key " ^ k)) found;
    List.iter (fun k -> if not (List.mem_assoc k found) then refuse place ("the key " ^ k ^ " is missing")) keys;
    (fun k -> List.assoc k found)
  | _ -> refuse place "expected an object"

let array place = function Array l -> l | _ -> refuse place "expected an array"
let text place = function Text s -> s | _ -> refuse place "expected a text"

let small place = function
  | Integer z when Z.sign z >= 0 && Z.fits_int z && Z.to_int z < 1 lsl 40 -> Z.to_int z
  | _ -> refuse place "expected an integer that is not negative"

let digits s = s <> "" && String.for_all (fun c -> c >= '0' && c <= '9') s
let unsigned s = if s <> "" && s.[0] = '-' then String.sub s 1 (String.length s - 1) else s

(* "p", "p/q" or "p.d"; p may have a minus sign. *)
let rational place value =
  match value with
  | Integer z -> Q.of_bigint z
  | Text s when String.length s <= longest_numeral ->
    let wrong () = refuse place ("not a rational: " ^ (if String.length s > 40 then String.sub s 0 40 else s)) in
    let cut at = (String.sub s 0 at, String.sub s (at + 1) (String.length s - at - 1)) in
    (match String.index_opt s '/', String.index_opt s '.' with
     | None, None -> if digits (unsigned s) then Q.of_bigint (Z.of_string s) else wrong ()
     | Some at, None ->
       let p, q = cut at in
       if not (digits (unsigned p) && digits q) then wrong ();
       let q = Z.of_string q in
       if Z.sign q = 0 then refuse place "the denominator is zero";
       Q.make (Z.of_string p) q
     | None, Some at ->
       let p, d = cut at in
       if not (digits (unsigned p) && digits d) then wrong ();
       Q.make (Z.of_string (p ^ d)) (Z.pow (Z.of_int 10) (String.length d))
     | Some _, Some _ -> wrong ())
  | _ -> refuse place "expected a rational"

let q_of (r : Q.t) : Kernel.q = { Kernel.qnum = Q.num r; qden = Q.den r }

let format place expected value = if text place value <> expected then refuse place ("expected " ^ expected)

let index place s =
  match String.split_on_char ',' s with
  | [a; b] when List.for_all (fun c -> digits (unsigned c) && String.length (unsigned c) <= 30) [a; b] ->
    (Z.of_string a, Z.of_string b)
  | _ -> refuse place ("not an index: " ^ s)

let pair place value = match array place value with
  | [x; y] -> [rational place x; rational place y]
  | _ -> refuse place "expected two coordinates"

let mask value =
  match value with
  | Object found ->
    let entries = List.map (fun (k, c) -> (index "mask" k, rational "mask" c)) found in
    let rec twice = function
      | [] -> false
      | ((i, j), _) :: rest -> List.exists (fun ((k, l), _) -> Z.equal i k && Z.equal j l) rest || twice rest in
    if twice entries then refuse "mask" "an index occurs twice";
    if List.for_all (fun (_, c) -> Q.sign c = 0) entries then refuse "mask" "no coefficient is different from zero";
    List.map (fun (k, c) -> (k, q_of c)) entries
  | _ -> refuse "mask" "expected an object"

(* Twice the signed area of the triangle of three points. *)
let area p q r = match p, q, r with
  | [x; y], [u; v], [s; t] -> Q.sub (Q.mul (Q.sub u x) (Q.sub t y)) (Q.mul (Q.sub v y) (Q.sub s x))
  | _ -> assert false

(* Refuse triangles that are degenerate or overlap, and a value that is not 0 where there is a triangle on one side
   only. That they agree where they meet is shown by the kernel. *)
let continuous triangles =
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

(* The corners of triangles; a vertex with a value that is not zero has to be the corner of one. *)
let seed value =
  let get = members "seed" ["vertices"; "triangles"; "values"] value in
  let vertices = Stdlib.Array.of_list (List.map (pair "seed.vertices") (array "seed.vertices" (get "vertices"))) in
  let values = Stdlib.Array.of_list (List.map (rational "seed.values") (array "seed.values" (get "values"))) in
  if Stdlib.Array.length vertices <> Stdlib.Array.length values then refuse "seed.values" "as many as vertices are expected";
  let corner value =
    let i = small "seed.triangles" value in
    if i >= Stdlib.Array.length vertices then refuse "seed.triangles" "the index of no vertex";
    (vertices.(i), values.(i)) in
  let triangle value = match array "seed.triangles" value with
    | [a; b; c] -> [corner a; corner b; corner c]
    | _ -> refuse "seed.triangles" "expected three indices" in
  let triangles = List.map triangle (array "seed.triangles" (get "triangles")) in
  let same (p, _) (q, _) = List.for_all2 Q.equal p q in
  let lost i p = Q.sign values.(i) <> 0 && not (List.exists (List.exists (same (p, Q.zero))) triangles) in
  Stdlib.Array.iteri (fun i p ->
      if lost i p then refuse "seed" "a vertex has a value that is not 0, but is a corner of no triangle") vertices;
  continuous triangles;
  triangles

let simplex t = List.map (fun (p, v) -> { Kernel.place = List.map q_of p; values = [q_of v] }) t

let network value =
  let get = members "network" ["format"; "inputs"; "nodes"; "outputs"] ~optional:["marks"] value in
  format "network.format" "exactrelu-network/1" (get "format");
  if small "network.inputs" (get "inputs") <> 2 then refuse "network.inputs" "expected 2";
  let reference k value =                     (* node k of the file is node k + 1 of the kernel *)
    let j = small "network.nodes" value in
    if j >= k then refuse "network.nodes" "a node refers to a later one";
    Z.of_int (j + 1) in
  let node i value =
    let k = i + 2 in
    match value with
    | Object found when List.assoc_opt "op" found = Some (Text "affine") ->
      let get = members "network.nodes" ["op"; "terms"; "bias"] value in
      let term value = match array "network.nodes" value with
        | [j; w] -> (reference k j, q_of (rational "network.nodes" w))
        | _ -> refuse "network.nodes" "expected [node, weight]" in
      let terms = List.map term (array "network.nodes" (get "terms")) in
      let sorted = List.sort (fun (a, _) (b, _) -> Z.compare a b) terms in
      let rec twice = function (a, _) :: ((b, _) :: _ as r) -> Z.equal a b || twice r | _ -> false in
      if twice sorted then refuse "network.nodes" "a node occurs twice among the terms of another";
      Kernel.Affine (terms, q_of (rational "network.nodes" (get "bias")))
    | Object found when List.assoc_opt "op" found = Some (Text "relu") ->
      let get = members "network.nodes" ["op"; "of"] value in
      Kernel.Relu (reference k (get "of"))
    | _ -> refuse "network.nodes" "expected an affine node or a ReLU node" in
  let nodes = List.mapi node (array "network.nodes" (get "nodes")) in
  match array "network.outputs" (get "outputs") with
  | [out] -> { Kernel.nodes; output = reference (List.length nodes + 2) out }
  | _ -> refuse "network.outputs" "expected one output"

let claim value =
  match value with
  | Object found when List.assoc_opt "kind" found = Some (Text "equal") ->
    ignore (members "claim" ["kind"] ~optional:[] value : string -> Json.t); Equal
  | Object found when List.assoc_opt "kind" found = Some (Text "differs") ->
    let get = members "claim" ["kind"; "point"; "network"; "target"] value in
    Differs { point = pair "claim.point" (get "point"); network = rational "claim.network" (get "network");
              target = rational "claim.target" (get "target") }
  | _ -> refuse "claim" "expected the kind equal or differs"

let certificate json =
  (match json with
   | Object l when List.assoc_opt "format" l = Some (Text "exactrelu-certificate/2") ->
     raise (Outside "the format exactrelu-certificate/2")
   | _ -> ());
  let get = members "certificate" ["format"; "problem"; "n"; "network"; "claim"; "evidence"] json in
  format "format" "exactrelu-certificate/1" (get "format");
  let of_problem = members "problem" ["format"; "name"; "mask"; "seed"] ~optional:["window"; "comment"] (get "problem") in
  format "problem.format" "exactrelu-problem/1" (of_problem "format");
  let n = small "n" (get "n") in
  let mask = mask (of_problem "mask") and triangles = seed (of_problem "seed") in
  let net = network (get "network") and claim = claim (get "claim") in
  { mask; seed = List.map simplex triangles; net; claim; n; name = text "problem.name" (of_problem "name");
    evidence = get "evidence" }

let most_translates = 1 lsl 18

(* How many translates of the seed V^n g has at most: the places in the box that their indices span. *)
let translates n mask =
  let side pick =
    let l = List.map (fun (k, _) -> pick k) mask in
    let low = List.fold_left Z.min (List.hd l) l and high = List.fold_left Z.max (List.hd l) l in
    Z.succ (Z.mul (Z.sub high low) (Z.pred (Z.shift_left Z.one n))) in
  let powers = if n > 64 then Z.shift_left Z.one 64 else Z.pow (Z.of_int (List.length mask)) n in
  Z.min powers (Z.mul (side fst) (side snd))

let most_iterations = 100

(* The problem of a certificate, if V^n g can be written out. *)
let problem c =
  let outside what = raise (Outside what) in
  if c.n > most_iterations then outside (Printf.sprintf "n = %d; without a family this checker goes up to %d" c.n
                                         most_iterations);
  if Z.gt (translates c.n c.mask) (Z.of_int most_translates) then
    outside (Printf.sprintf "V^%d g has more than %d translates" c.n most_translates);
  Kernel.plane_problem c.mask c.seed c.n
