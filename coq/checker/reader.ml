(* What statements are made of, from JSON: numbers, networks, problems. Believed: what is read here is what is proved. *)

open Json

exception Outside of string       (* a certificate of a kind that this checker does not know *)

let refuse place what = raise (Unreadable (place ^ ": " ^ what))

(* The values of an object by their keys; null for one of the [optional] keys that is missing. *)
let members place keys ?(optional = []) = function
  | Object found ->
    List.iter (fun (k, _) -> if not (List.mem k keys || List.mem k optional) then refuse place ("the unknown key " ^ k)) found;
    List.iter (fun k -> if not (List.mem_assoc k found) then refuse place ("the key " ^ k ^ " is missing")) keys;
    (fun k -> Option.value (List.assoc_opt k found) ~default:Null)
  | _ -> refuse place "expected an object"

let array place = function Array l -> l | _ -> refuse place "expected an array"
let entries place count value =
  let l = array place value in
  if List.length l <> count then refuse place (Printf.sprintf "expected an array of %d" count);
  l
let text place = function Text s -> s | _ -> refuse place "expected a text"

let kind place = function
  | Object found -> (match List.assoc_opt "kind" found with Some (Text s) -> s | _ -> refuse place "no kind")
  | _ -> refuse place "expected an object"

let small place = function
  | Integer z when Z.sign z >= 0 && Z.fits_int z && Z.to_int z < 1 lsl 40 -> Z.to_int z
  | _ -> refuse place "expected an integer that is not negative"

(* An integer below a bound. *)
let index_below bound place value =
  let k = small place value in
  if k >= bound then refuse place (Printf.sprintf "expected an integer below %d" bound);
  k

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

let rationals place count value = List.map (rational place) (entries place count value)

let q_of (r : Q.t) : Kernel.q = { Kernel.qnum = Q.num r; qden = Q.den r }

let format place expected value = if text place value <> expected then refuse place ("expected " ^ expected)

(* ---- networks ---- *)

(* Node k of the file is node k + 1 of the kernel. *)
type network = { inputs : int; nodes : Kernel.op list; outputs : Z.t list }

let reference k place value = Z.of_int (index_below k place value + 1)

(* Node k, in the numbers of the kernel; an operation may refer to earlier nodes only. *)
let operation k value =
  let place = "network.nodes" in
  match value with
  | Object found when List.assoc_opt "op" found = Some (Text "affine") ->
    let get = members place ["op"; "terms"; "bias"] value in
    let term value = match entries place 2 value with
      | [j; w] -> (reference k place j, q_of (rational place w))
      | _ -> assert false in
    let terms = List.map term (array place (get "terms")) in
    let sorted = List.sort (fun (a, _) (b, _) -> Z.compare a b) terms in
    let rec twice = function (a, _) :: ((b, _) :: _ as r) -> Z.equal a b || twice r | _ -> false in
    if twice sorted then refuse place "a node occurs twice among the terms of another";
    Kernel.Affine (terms, q_of (rational place (get "bias")))
  | Object found when List.assoc_opt "op" found = Some (Text "relu") ->
    Kernel.Relu (reference k place (members place ["op"; "of"] value "of"))
  | _ -> refuse place "expected an affine node or a ReLU node"

(* What is in a field other than Q. *)
let over_the_rationals get = if get "field" <> Null then raise (Outside "numbers of Q(sqrt(D))")

let network value =
  let get = members "network" ["format"; "inputs"; "nodes"; "outputs"] ~optional:["marks"; "field"] value in
  format "network.format" "exactrelu-network/1" (get "format");
  over_the_rationals get;
  let inputs = small "network.inputs" (get "inputs") in
  if inputs < 1 || inputs > 1 lsl 20 then refuse "network.inputs" "expected one at least, and 2^20 at most";
  let nodes = List.mapi (fun i node -> operation (inputs + i) node) (array "network.nodes" (get "nodes")) in
  let count = inputs + List.length nodes in
  let outputs = List.map (reference count "network.outputs") (array "network.outputs" (get "outputs")) in
  if outputs = [] then refuse "network.outputs" "expected one at least";
  { inputs; nodes; outputs }

let with_output net output : Kernel.network = { Kernel.nodes = net.nodes; output }

let about nodes = Printf.sprintf "the network with %d ReLU nodes" (List.length (List.filter (function
    | Kernel.Relu _ -> true | Kernel.Affine _ -> false) nodes))

(* The network of a statement on V^n g: with so many inputs and one output. *)
let single dimension net =
  if net.inputs <> dimension then refuse "network.inputs" (Printf.sprintf "expected %d" dimension);
  match net.outputs with [output] -> with_output net output | _ -> refuse "network.outputs" "expected one output"

type mask = (Kernel.q list * Kernel.q list list) list

(* ---- problems: V_1 … V_n g, with the masks [first], and then [repeat] over and over ---- *)

type problem = {
  name : string; dimension : int; matrix : Q.t list list; first : mask list; repeat : mask list;
  seed : Kernel.simplex list; component : int }

(* [count] integers of up to 30 digits, with commas between them. *)
let place_of count s =
  let parts = String.split_on_char ',' s in
  if List.length parts = count && List.for_all (fun c -> digits (unsigned c) && String.length (unsigned c) <= 30) parts
  then List.map (fun c -> Q.of_bigint (Z.of_string c)) parts
  else refuse "mask" ("not an index: " ^ s)

(* A mask with [r] × [r] matrices; a number is one for r = 1. *)
let mask dimension r value : mask =
  let rows value = match value with
    | Array l ->
      if List.length l <> r then refuse "mask" (Printf.sprintf "expected %d rows" r);
      List.map (rationals "mask" r) l
    | _ -> if r = 1 then [[rational "mask" value]] else refuse "mask" (Printf.sprintf "expected %d rows" r) in
  match value with
  | Object found ->
    let all = List.map (fun (k, c) -> (place_of dimension k, rows c)) found in
    let rec twice = function
      | [] -> false
      | (k, _) :: rest -> List.exists (fun (l, _) -> List.for_all2 Q.equal k l) rest || twice rest in
    if twice all then refuse "mask" "an index occurs twice";
    let all = List.filter (fun (_, c) -> List.exists (List.exists (fun q -> Q.sign q <> 0)) c) all in
    if all = [] then refuse "mask" "no coefficient is different from zero";
    List.map (fun (k, c) -> (List.map q_of k, List.map (List.map q_of) c)) all
  | _ -> refuse "mask" "expected an object"

(* Simplices whose corners are [vertices] with their values, each given by the numbers of its corners. A vertex with a
   value that is not zero has to be the corner of one. *)
let simplices dimension vertices values value : (Q.t list * Q.t list) list list =
  let vertices = Stdlib.Array.of_list vertices and values = Stdlib.Array.of_list values in
  if Stdlib.Array.length vertices <> Stdlib.Array.length values then refuse "seed.values" "as many as vertices are expected";
  let corner value =
    let i = index_below (Stdlib.Array.length vertices) "seed.simplices" value in
    (vertices.(i), values.(i)) in
  let found = List.map (fun s -> List.map corner (entries "seed.simplices" (dimension + 1) s)) (array "seed.simplices" value) in
  let corner_at p = List.exists (List.exists (fun (q, _) -> List.for_all2 Q.equal p q)) found in
  Stdlib.Array.iteri (fun i p ->
      if List.exists (fun v -> Q.sign v <> 0) values.(i) && not (corner_at p) then
        refuse "seed" "a vertex has a value that is not 0, but is a corner of no simplex") vertices;
  found

let simplex t : Kernel.simplex = List.map (fun (p, v) -> { Kernel.place = List.map q_of p; values = List.map q_of v }) t

(* That of a dilation by 2 of the plane with one mask, for theorems on families: its mask. *)
let stencil p : Kernel.stencil option =
  let integer (x : Kernel.q) = x.Kernel.qnum in
  let entry = function ([j; k], [[c]]) -> ((integer j, integer k), c) | _ -> assert false in
  let two = [[Q.of_int 2; Q.zero]; [Q.zero; Q.of_int 2]] in
  let scalar = List.for_all (List.for_all (fun (c : Kernel.corner) -> List.length c.Kernel.values = 1)) p.seed in
  match p.first, p.repeat with
  | [], [m] when p.dimension = 2 && List.equal (List.equal Q.equal) p.matrix two && scalar
                 && List.for_all (fun (_, c) -> List.length c = 1) m -> Some (List.map entry m)
  | _ -> None

let mask_of_step p step =
  let first = List.length p.first in
  if step < first then List.nth p.first step else List.nth p.repeat ((step - first) mod List.length p.repeat)

let most_translates = 1 lsl 18 and most_iterations = 100

(* How many translates of the seed V_1 … V_n g has at most: as many as there are products of coefficients, or, for a
   diagonal matrix, places in the box that their indices span. *)
let translates p n =
  let many = Z.shift_left Z.one 64 in
  let masks = List.init n (mask_of_step p) in
  let power = List.fold_left (fun c m -> Z.min many (Z.mul c (Z.of_int (List.length m)))) Z.one masks in
  let diagonal = List.for_all Fun.id (List.concat (List.mapi (fun i row ->
      List.mapi (fun j a -> i = j || Q.sign a = 0) row) p.matrix)) in
  let side i =
    let a = Z.abs (Q.num (List.nth (List.nth p.matrix i) i)) in
    List.fold_left (fun length m ->
        let l = List.map (fun (k, _) -> (List.nth k i).Kernel.qnum) m in
        let low = List.fold_left Z.min (List.hd l) l and high = List.fold_left Z.max (List.hd l) l in
        Z.min many (Z.add (Z.mul a length) (Z.sub high low))) Z.zero masks in
  if not diagonal then power
  else Z.min power (List.fold_left (fun c i -> Z.mul c (Z.succ (side i))) Z.one (List.init p.dimension Fun.id))

(* The problem for n, if V_1 … V_n g can be written out. *)
let written_out p n : Kernel.problem =
  let outside what = raise (Outside what) in
  if n > most_iterations then outside (Printf.sprintf "n = %d; without a family this checker goes up to %d" n most_iterations);
  if Z.gt (translates p n) (Z.of_int most_translates) then
    outside (Printf.sprintf "V^%d g has more than %d translates" n most_translates);
  { Kernel.dimension = p.dimension; matrix = List.map (List.map q_of) p.matrix; masks = List.init n (mask_of_step p);
    seed = p.seed; component = Z.of_int p.component }
