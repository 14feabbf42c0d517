(* The statement of a certificate of format 2 (docs/certificate.md). Believed: what is read here is what is proved. *)

open Json
open Reader

(* The points P_0 + Σ u_i (P_i − P_0) of the [hull], or all points u if there is none; u_i between two ends, if given. *)
type domain = { hull : Q.t list list; box : (Q.t option * Q.t option) list }

(* A bound, and the point where it is taken. *)
type ending = { value : Q.t; at : Q.t list option }

type program = { program_inputs : int; body : Kernel.node list; handed : Z.t list }
type family = { start : program; stage : program; last : program; closing : program; factor : Q.t; base : Q.t }

type statement =
  | Iterate of { problem : problem; n : int; net : Kernel.network }
  | Within of { one : network; other : network; epsilon : Q.t option }        (* None for two that are equal *)
  | Bound of { net : network; bounds : (ending option * ending option) list }
  | Every of { problem : problem; family : family; sized : bool }

(* [wrong_at]: the point of a refutation. *)
type certificate = { statement : statement; domain : domain; wrong_at : Q.t list option; evidence : Json.t }

(* ---- problems ---- *)

let seed_of_simplices plain value =
  let get = members "seed" ["vertices"; "values"] ~optional:["simplices"; "triangles"] value in
  let lists = match get "simplices", get "triangles" with
    | Null, Null -> refuse "seed" "expected either triangles or simplices"
    | Null, l -> l
    | l, Null -> if plain then refuse "seed" "expected triangles" else l
    | _ -> refuse "seed" "expected either triangles or simplices" in
  let vertices = array "seed.vertices" (get "vertices") in
  let dimension = match vertices with
    | first :: _ when not plain -> List.length (array "seed.vertices" first)
    | _ -> 2 in
  if dimension < 1 || dimension > 8 then refuse "seed.vertices" "expected one to eight coordinates";
  let vertices = List.map (rationals "seed.vertices" dimension) vertices in
  let value = function Array l -> List.map (rational "seed.values") l | v -> [rational "seed.values" v] in
  let values = List.map value (array "seed.values" (get "values")) in
  let r = match values with [] -> 1 | v :: _ -> List.length v in
  if List.exists (fun v -> List.length v <> r) values then refuse "seed.values" "expected equally many components";
  (dimension, r, List.map simplex (simplices dimension vertices values lists))

let problem value =
  let formats = "exactrelu-problem/1", "exactrelu-problem/2" in
  let plain = match value with
    | Object l when List.assoc_opt "format" l = Some (Text (fst formats)) -> true
    | Object l when List.assoc_opt "format" l = Some (Text (snd formats)) -> false
    | _ -> refuse "problem" (Printf.sprintf "expected the format %s or %s" (fst formats) (snd formats)) in
  let more = if plain then [] else ["dilation"; "masks"; "source"; "component"] in
  let get = members "problem" ["format"; "name"; "seed"] ~optional:(["mask"; "window"; "comment"; "field"] @ more) value in
  over_the_rationals get;
  let name = text "problem.name" (get "name") in
  let extra key = if plain then Null else get key in
  let dimension, r, seed = seed_of_simplices plain (get "seed") in
  if extra "source" <> Null then raise (Outside "problems with a source");
  let integer value = match value with
    | Integer z when Z.leq (Z.abs z) (Z.pow (Z.of_int 10) 30) -> Q.of_bigint z
    | _ -> refuse "dilation" "expected an integer" in
  let diagonal entries = List.mapi (fun i a -> List.mapi (fun j _ -> if i = j then a else Q.zero) entries) entries in
  let matrix = match extra "dilation" with
    | Null -> diagonal (List.init dimension (fun _ -> Q.of_int 2))
    | Integer _ as a -> diagonal (List.init dimension (fun _ -> integer a))
    | rows ->
      let rows = entries "dilation" dimension rows in
      if List.for_all (function Integer _ -> true | _ -> false) rows then diagonal (List.map integer rows)
      else List.map (fun row -> List.map integer (entries "dilation" dimension row)) rows in
  let masks value = List.map (mask dimension r) (array "masks" value) in
  let first, repeat = match get "mask", extra "masks" with
    | Null, Null -> refuse "problem" "expected a mask or masks"
    | m, Null -> ([], [mask dimension r m])
    | Null, (Object _ as l) -> let part = members "masks" ["first"; "repeat"] l in (masks (part "first"), masks (part "repeat"))
    | Null, l -> ([], masks l)
    | _ -> refuse "problem" "expected a mask or masks" in
  if repeat = [] then refuse "masks" "expected one that repeats";
  let component = match extra "component" with Null -> 1 | c -> index_below r "component" c + 1 in
  { name; dimension; matrix; first; repeat; seed; component }

(* ---- domains ---- *)

let domain inputs value =
  let get = members "domain" [] ~optional:["points"; "box"] value in
  let hull = match get "points" with
    | Null -> []
    | l ->
      let points = List.map (rationals "domain.points" inputs) (array "domain.points" l) in
      if List.length points < 2 || List.length points > inputs + 1 then
        refuse "domain.points" "expected two at least, and at most one more than inputs";
      points in
  let size = if hull = [] then inputs else List.length hull - 1 in
  let ending = function Null -> None | v -> Some (rational "domain.box" v) in
  let ends value = match entries "domain.box" 2 value with
    | [low; high] ->
      let low = ending low and high = ending high in
      (match low, high with Some a, Some b when Q.gt a b -> refuse "domain.box" "an interval is empty" | _ -> ());
      (low, high)
    | _ -> assert false in
  let box = match get "box" with
    | Null -> List.init size (fun _ -> (None, None))
    | l -> List.map ends (entries "domain.box" size l) in
  { hull; box }

let size domain = List.length domain.box

(* The domain in Statement.v: a u + c >= 0 for all of the pairs (a, c), in the order of the box, lower ends first. *)
let half_spaces domain : (Kernel.q list * Kernel.q) list =
  let side i a c = (List.init (i + 1) (fun j -> q_of (if j = i then a else Q.zero)), q_of c) in
  List.concat (List.mapi (fun i (low, high) ->
      List.filter_map Fun.id [Option.map (fun l -> side i Q.one (Q.neg l)) low;
                              Option.map (fun h -> side i Q.minus_one h) high]) domain.box)

(* Each output as a network of its own, with the coordinates u as inputs. *)
let outputs domain net =
  let placed net' = match domain.hull with
    | [] -> net'
    | first :: others ->
      let row p = List.map q_of p in
      (match Kernel.pull net.inputs (row first) (List.map row others) net' with
       | Some net' -> net'
       | None -> refuse "network" "it refers to nodes that do not exist") in
  List.map (fun output -> placed (with_output net output)) net.outputs

(* ---- families: node k of a program is node k + 1 of the kernel, where it is an input; the two nodes behind the inputs
   are eps and eta, which only the first program has as inputs [Some] of the kernel both. ---- *)

let program place inputs_wanted ~eps ~eta value =
  let get = members place ["inputs"; "nodes"; "outputs"] value in
  let inputs = small place (get "inputs") in
  if Option.fold ~none:false ~some:(fun m -> m <> inputs) inputs_wanted then
    refuse place "it does not have as many inputs as the program before it has outputs";
  let known = inputs + Bool.to_int eps + Bool.to_int eta in
  let number bound value =
    let k = index_below bound place value in
    if k < inputs then k + 1
    else if k = inputs then (if eps then inputs + 1 else raise (Outside (place ^ ": it reads eps")))
    else if k = inputs + 1 then (if eta then inputs + 2 else raise (Outside (place ^ ": it reads eta")))
    else k - 1 + known - inputs in
  let node i value =
    let k = inputs + 2 + i in
    match value with
    | Object found when List.assoc_opt "op" found = Some (Text "times") ->
      let part = members place ["op"; "by"; "of"] value in
      let by = index_below (inputs + 2) place (part "by") in
      if by < inputs then refuse place "a product is by eps or eta";
      Kernel.Product (Z.of_int (number (inputs + 2) (part "by")), Z.of_int (number k (part "of")))
    | _ ->
      let moved j = Z.of_int (number k (Integer (Z.pred j))) in
      (match operation k value with
       | Kernel.Affine (terms, bias) -> Kernel.Op (Kernel.Affine (List.map (fun (j, w) -> (moved j, w)) terms, bias))
       | Kernel.Relu j -> Kernel.Op (Kernel.Relu (moved j))) in
  let body = List.mapi node (array place (get "nodes")) in
  let count = inputs + 2 + List.length body in
  let handed = List.map (fun k -> Z.of_int (number count k)) (array place (get "outputs")) in
  { program_inputs = known; body; handed }

let has key = function Object found -> List.mem_assoc key found | _ -> false

let family value =
  if has "terms" value then raise (Outside "families of sums of atoms");
  let get = members "family" ["programs"; "factor"; "base"] value in
  if has "starts" (get "programs") then raise (Outside "families of functionals");
  let part = members "programs" ["start"; "stage"; "last"; "closing"] (get "programs") in
  let start = program "start" (Some 2) ~eps:true ~eta:true (part "start") in
  let between = List.length start.handed in
  let stage = program "stage" (Some between) ~eps:true ~eta:false (part "stage") in
  if List.length stage.handed <> between then refuse "stage" "it does not have as many outputs as inputs";
  let last = program "last" (Some between) ~eps:true ~eta:false (part "last") in
  let closing = program "closing" (Some (List.length last.handed)) ~eps:false ~eta:false (part "closing") in
  if List.length closing.handed <> 1 then refuse "closing" "expected one output";
  { start; stage; last; closing; factor = rational "factor" (get "factor"); base = rational "base" (get "base") }

(* The family of the kernel with these programs, eta = factor / base^n; the rest is what a proof needs. *)
let with_programs family (rest : Kernel.family) : Kernel.family =
  let block p : Kernel.block = { Kernel.inputs = p.program_inputs; body = p.body; outputs = p.handed } in
  { rest with Kernel.opening = block family.start; stage = block family.stage; final = block family.last;
              closing = block family.closing; top = q_of family.factor; ratio = q_of (Q.inv family.base) }

(* ---- statements ---- *)

let simple_statement place value =
  let fields keys = members place ("kind" :: "domain" :: keys) value in
  match kind place value with
  | "iterate" ->
    let get = fields ["problem"; "n"; "network"] in
    let problem = problem (get "problem") and n = index_below 100_001 "n" (get "n") in
    let net = single problem.dimension (network (get "network")) in
    (Iterate { problem; n; net }, domain problem.dimension (get "domain"))
  | "equal" | "within" as k ->
    let get = fields ("networks" :: if k = "within" then ["epsilon"] else []) in
    let one, other = match List.map network (entries "networks" 2 (get "networks")) with
      | [one; other] -> (one, other) | _ -> assert false in
    if one.inputs <> other.inputs || List.length one.outputs <> List.length other.outputs then
      refuse "networks" "they differ in the number of inputs or outputs";
    let epsilon = if k = "within" then Some (rational "epsilon" (get "epsilon")) else None in
    if Option.fold ~none:false ~some:(fun e -> Q.sign e < 0) epsilon then refuse "epsilon" "it is negative";
    (Within { one; other; epsilon }, domain one.inputs (get "domain"))
  | "bound" ->
    let get = fields ["network"; "bounds"] in
    let net = network (get "network") in
    let domain = domain net.inputs (get "domain") in
    let ending = function
      | Null -> None
      | v ->
        let part = members "bounds" ["value"; "at"] v in
        let at = match part "at" with Null -> None | u -> Some (rationals "bounds" (size domain) u) in
        Some { value = rational "bounds" (part "value"); at } in
    let ends v = let part = members "bounds" ["least"; "most"] v in (ending (part "least"), ending (part "most")) in
    let bounds = List.map ends (entries "bounds" (List.length net.outputs) (get "bounds")) in
    if List.for_all (fun ends -> ends = (None, None)) bounds then refuse "bounds" "expected one at least";
    (Bound { net; bounds }, domain)
  | "property" -> raise (Outside "statements of the kind property")
  | _ -> refuse place "of an unknown kind"

let certificate json =
  let get = members "certificate" ["format"; "statement"; "evidence"] json in
  format "format" "exactrelu-certificate/2" (get "format");
  let value = get "statement" and evidence = get "evidence" in
  let evident = kind "evidence" evidence in
  let wrong () = refuse "evidence" "of a kind that does not belong to the statement" in
  if evident = "reduction" then raise (Outside "evidence of the kind reduction");
  match kind "statement" value with
  | "every" ->
    let part = members "statement" ["kind"; "problem"; "family"] ~optional:["sizes"] value in
    let problem = problem (part "problem") and family = family (part "family") in
    let size = function
      | Integer z when Z.numbits z <= 54 -> ()
      | _ -> refuse "sizes" "expected three integers" in
    let sized = match part "sizes" with Null -> false | l -> List.iter size (entries "sizes" 3 l); true in
    if evident <> "family" then wrong ();
    { statement = Every { problem; family; sized }; domain = { hull = []; box = [(None, None); (None, None)] };
      wrong_at = None; evidence }
  | "refutation" ->
    let part = members "statement" ["kind"; "of"; "point"] value in
    let statement, domain = simple_statement "statement.of" (part "of") in
    let point = rationals "point" (size domain) (part "point") in
    if evident <> "point" then wrong ();
    ignore (members "evidence" ["kind"] evidence : string -> Json.t);
    { statement; domain; wrong_at = Some point; evidence }
  | _ ->
    let statement, domain = simple_statement "statement" value in
    (match evident, statement with
     | "enumeration", _ -> if size domain > 2 then refuse "evidence" "an enumeration is for two coordinates at most"
     | "family", Iterate { n; _ } -> if n = 0 then wrong ()
     | _ -> wrong ());
    { statement; domain; wrong_at = None; evidence }

(* ---- in words ---- *)

let number x = if Z.numbits (Q.num x) > 200 || Z.numbits (Q.den x) > 200 then "a number of more than 60 digits" else Q.to_string x
let tuple l = String.concat ", " (List.map number l)
let power d = Printf.sprintf "R^%d" d

let where domain =
  match domain.hull with
  | p :: rest when List.for_all (List.for_all2 Q.equal p) rest -> Printf.sprintf "the point (%s)" (tuple p)
  | hull ->
    let kind = match size domain with 1 -> "the line" | 2 -> "the plane" | _ -> "the affine hull" in
    let space = if hull = [] then power (size domain)
      else Printf.sprintf "%s through %s" kind (String.concat ", " (List.map (fun p -> "(" ^ tuple p ^ ")") hull)) in
    let ending infinity = function None -> infinity | Some x -> number x in
    let interval (a, b) = Printf.sprintf "[%s, %s]" (ending "-oo" a) (ending "oo" b) in
    "every point of " ^ space ^
    if List.for_all (fun ends -> ends = (None, None)) domain.box then ""
    else " with coordinates in " ^ String.concat " x " (List.map interval domain.box)

let in_words domain statement =
  let at = "at " ^ where domain in
  match statement with
  | Iterate { problem; n; net } ->
    Printf.sprintf "%s equals V^%d g of the problem '%s' %s" (about net.Kernel.nodes) n (String.escaped problem.name) at
  | Within { one; other; epsilon = None } -> Printf.sprintf "%s equals %s %s" (about one.nodes) (about other.nodes) at
  | Within { one; other; epsilon = Some e } ->
    Printf.sprintf "%s is nowhere farther than %s from %s: %s" (about one.nodes) (number e) (about other.nodes) at
  | Bound { net; bounds } ->
    let ending word = Option.map (fun e -> Printf.sprintf "at %s %s%s" word (number e.value) (match e.at with
        | None -> "" | Some u -> Printf.sprintf " (its value at %s)" (tuple u))) in
    let output k (least, most) = match List.filter_map Fun.id [ending "least" least; ending "most" most] with
      | [] -> None
      | found -> Some (Printf.sprintf "output %d is %s" k (String.concat " and " found)) in
    Printf.sprintf "%s, %s, for %s" at (String.concat ", and " (List.filter_map Fun.id (List.mapi output bounds)))
      (about net.nodes)
  | Every { problem; _ } ->
    Printf.sprintf "for every n >= 1, the network of the family equals V^n g of the problem '%s' at every point of R^2"
      (String.escaped problem.name)
