(* Proofs that answer the questions on a family, frame by frame. Not believed: the kernel checks the steps.

   A goal's nodes are followed from what is known. A unit that is neither open nor closed is a case distinction, or else,
   in bounds of many units, a key between 0 and the largest value of its argument. *)

open Form
exception Stuck = Elaborate.Stuck
module Table = Map.Make (Int)

let z = Z.of_int
let q = Reader.q_of
let number = Z.to_int
let rational (x : Kernel.q) = Q.make x.Kernel.qnum x.Kernel.qden
let kernel_weights l = List.map (fun (i, w) -> (z i, q w)) l
let of_kernel ((c, l) : Kernel.form) =
  List.fold_left (fun f (k, w) -> add_mul (rational w) (key (number k)) f) (const (rational c)) l

type state = {
  forms : Form.t Table.t; facts : (int * Form.t) list; next : int;
  plain : (int * Form.t) list;              (* facts on parameters alone *)
  ends : (int * Form.t * Q.t) Table.t;      (* by 2 k and 2 k + 1: a fact with key k, the last one in it, its weight
                                               there being positive, or negative *)
  undecided : int list;                     (* units that were found so with these facts *)
  steps : Kernel.step list }                (* the last one first *)

(* [lemmas]: nodes of the opening that lie between 0 and a form wherever the point is. [parameter] are keys that bounds
   may be made of. *)
type block = {
  node : int -> Kernel.node option; products : (int * int, int) Hashtbl.t; lemmas : (int * Form.t) list;
  parameter : int -> bool }

let emit step st = { st with steps = step :: st.steps }
let form st k = match Table.find_opt k st.forms with Some f -> f | None -> key k
let with_form k f st = { st with forms = Table.add k f st.forms }
let terms f = List.map (fun k -> (k, Simplex.entry f k)) (Simplex.Ids.elements (Simplex.support f))

let last_key b l = List.fold_left (fun k (j, _) -> if b.parameter j then k else max k j) 0 l

let with_fact b f st =
  let l = terms f in
  let k = last_key b l in
  let ends =
    if k = 0 then st.ends
    else
      let w = List.assoc k l in
      let place = if Q.sign w > 0 then 2 * k else 2 * k + 1 in
      if Table.mem place st.ends then st.ends else Table.add place (st.next, f, w) st.ends in
  { st with facts = (st.next, f) :: st.facts; next = st.next + 1; ends; undecided = [];
            plain = if k = 0 then (st.next, f) :: st.plain else st.plain }

let expanded st f = List.fold_left (fun g (k, w) -> add_mul w (form st k) g) (const f.c) (terms f)

(* Facts with weights, and what is left of a form without them, in parameters alone. *)
let rec least b st f found =
  let l = terms f in
  let k = last_key b l in
  if k = 0 then Some (found, f)
  else
    let w = List.assoc k l in
    match Table.find_opt (if Q.sign w > 0 then 2 * k else 2 * k + 1) st.ends with
    | None -> None
    | Some (id, h, v) -> let s = Q.div w v in least b st (add_mul (Q.neg s) h f) ((id, s) :: found)

let by_ends b st f =
  Option.bind (least b st f []) (fun (found, rest) ->
      Option.map (fun w -> found @ w) (Simplex.weights ~wide:true st.plain rest))

let weights b st f =
  match by_ends b st f with
  | Some w -> Some w
  | None -> match Simplex.weights ~wide:false st.facts f with
    | Some w -> Some w
    | None -> Simplex.weights ~wide:true st.facts f

let need b st why f = match weights b st f with Some w -> kernel_weights w | None -> raise (Stuck why)

let sources = function
  | Kernel.Op (Kernel.Affine (l, _)) -> List.map (fun (k, _) -> number k) l
  | Kernel.Op (Kernel.Relu k) -> [number k]
  | Kernel.Product (theta, k) -> [number theta; number k]
  | Kernel.SeedAt _ -> []

(* The nodes that the wanted ones are made of, down to those that are known, in order. *)
let order b st wanted =
  let rec visit found k =
    if Simplex.Ids.mem k found || Table.mem k st.forms then found
    else match b.node k with
      | None -> found
      | Some o -> List.fold_left visit (Simplex.Ids.add k found) (sources o) in
  Simplex.Ids.elements (List.fold_left visit Simplex.Ids.empty wanted)

let rec wanted = function
  | Kernel.Same (k, f) -> number k :: List.map fst (terms (of_kernel f))
  | Kernel.Nonneg f -> List.map fst (terms (of_kernel f))
  | Kernel.Both (g, h) -> wanted g @ wanted h

(* theta times a form, and the products in which its keys are. *)
let multiplied b theta f =
  let at (k, _) = match Hashtbl.find_opt b.products (theta, k) with
    | Some j -> j | None -> raise (Stuck "a product is missing in the program") in
  let places = List.map at (terms f) in
  (List.fold_left2 (fun g (_, w) j -> add_mul w (key j) g) (scaled f.c (key theta)) (terms f) places, List.map z places)

(* Facts on the point, times eta. *)
let times b st =
  let theta = 4 in
  let fits f = Simplex.Ids.subset (Simplex.support f) (Simplex.Ids.of_list [1; 2; 3]) in
  let fresh (_, f) =
    fits f && (match multiplied b theta f with
        | g, _ -> not (List.exists (fun (_, h) -> equal g h) st.facts)) in
  List.fold_left (fun st (i, f) ->
      let g, at_ = multiplied b theta f in
      let positive = need b st "eta is not known to be positive" (key theta) in
      let step = Kernel.Times (z theta, q Q.one, q Q.zero, to_kernel f, positive, [(z i, q Q.one)], at_) in
      with_fact b g (emit step st)) st (List.rev (List.filter fresh st.facts))

let has_products b nodes =
  List.exists (fun k -> match b.node k with Some (Kernel.Product _) -> true | _ -> false) nodes

type sign = On of Kernel.weights | Off of Kernel.weights | Unknown

let first_sign attempts e =
  let attempt show = match show e with
    | Some w -> Some (On (kernel_weights w))
    | None -> Option.map (fun w -> Off (kernel_weights w)) (show (opposite e)) in
  Option.value (List.find_map attempt attempts) ~default:Unknown

let decide b st = first_sign [by_ends b st; Simplex.weights ~wide:false st.facts; Simplex.weights ~wide:true st.facts]

(* Follow one node; None for a unit that is not decided. *)
let follow ?(decide = decide) b st k =
  match Option.get (b.node k) with
  | Kernel.Op (Kernel.Affine (l, c)) ->
    let f = List.fold_left (fun f (j, w) -> add_mul (rational w) (form st (number j)) f) (const (rational c)) l in
    Some (with_form k f (emit (Kernel.Aff (z k)) st))
  | Kernel.Product (theta, j) ->
    let f, at_ = multiplied b (number theta) (form st (number j)) in
    Some (with_form k f (emit (Kernel.Mul (z k, at_)) st))
  | Kernel.Op (Kernel.Relu j) ->
    if List.mem k st.undecided then None
    else begin
      let e = form st (number j) in
      match decide b st e with
      | On w -> Some (with_form k e (emit (Kernel.On (z k, w)) st))
      | Off w -> Some (with_form k zero (emit (Kernel.Off (z k, w)) st))
      | Unknown -> None
    end
  | Kernel.SeedAt _ -> raise (Stuck "a value of the seed in a program")

let absurd st = Option.map (fun w -> emit (Kernel.Absurd (kernel_weights w)) st)
    (Simplex.weights ~wide:true st.facts (const Q.minus_one))

let conclude b st goal =
  try match goal with
    | Kernel.Same (k, f) ->
      let d = minus (form st (number k)) (of_kernel f) in
      emit (Kernel.Done (need b st "two forms differ" d, need b st "two forms differ" (opposite d))) st
    | Kernel.Nonneg f -> emit (Kernel.Close (need b st "a form may be negative" (expanded st (of_kernel f)))) st
    | Kernel.Both _ -> assert false
  with Stuck why -> match absurd st with Some st -> st | None -> raise (Stuck why)

(* After a proof on one side, the steps go on with what was known before. *)
let after before finished = { before with steps = finished.steps }

let most_splits = 24 and most_cases = 100                (* along a branch, and for a goal *)
let cases = ref 0

let rec by_cases b depth st nodes goal =
  match nodes with
  | [] -> conclude b st goal
  | k :: rest ->
    match follow b st k with
    | Some st -> by_cases b depth st rest goal
    | None ->
      incr cases;
      if depth = 0 || !cases > most_cases then raise (Stuck "too many cases");
      let e = form st (List.hd (sources (Option.get (b.node k)))) in
      let side st f =
        let here = with_fact b f st in
        match absurd here with
        | Some finished -> finished
        | None ->
          let here = if has_products b nodes then times b here else here in
          by_cases b (depth - 1) here nodes goal in
      let st = emit (Kernel.Split (to_kernel e)) st in
      side (after st (side st e)) (opposite e)

let by_bounds b st nodes goal =
  let decide b st = first_sign [by_ends b st] in
  let step st k =
    match follow ~decide b st k with
    | Some st -> st
    | None ->
      let e = form st (List.hd (sources (Option.get (b.node k)))) in
      match least b st (opposite e) [] with
      | None -> raise (Stuck "a unit has no bound")
      | Some (w', rest) ->
        let f = opposite rest in
        let w = need b st "a bound may be negative" f in
        let st = emit (Kernel.Low (z k)) st in
        let st = with_fact b (minus (key k) e) (with_fact b (key k) st) in
        let undecided = st.undecided in
        let st = with_fact b (minus f (key k)) (emit (Kernel.Up (z k, to_kernel f, w, kernel_weights w')) st) in
        { st with undecided } in
  conclude b (List.fold_left step st nodes) goal

let one b st goal =
  let nodes = order b st (wanted goal) in
  cases := 0;
  let by_cases () = by_cases b most_splits st nodes goal in
  match goal with
  | Kernel.Nonneg _ -> (try by_bounds b st nodes goal with Stuck _ -> by_cases ())
  | _ -> by_cases ()

let rec each b st goal =
  match goal with
  | Kernel.Both (g, h) ->
    let st = emit Kernel.Each st in
    each b (after st (each b st g)) h
  | goal -> one b st goal

let rec only_bounds = function
  | Kernel.Nonneg _ -> true | Kernel.Same _ -> false | Kernel.Both (g, h) -> only_bounds g && only_bounds h

(* What is decided without cases, for all goals together; what would be found by all facts, is not looked for where
   bounds of units may do. *)
let prepare b st goal =
  let bounds = only_bounds goal in
  let decide = if bounds then (fun b st -> first_sign [by_ends b st; Simplex.weights ~wide:false st.facts]) else decide in
  let nodes = order b st (wanted goal) in
  let st = if has_products b nodes then times b st else st in
  List.fold_left (fun st k ->
      match Option.get (b.node k) with
      | Kernel.Op (Kernel.Relu j) when b.node (number j) <> None && not (Table.mem (number j) st.forms) -> st
      | o when List.exists (fun j -> b.node j <> None && not (Table.mem j st.forms)) (sources o) -> st
      | _ -> match follow ~decide b st k with
        | Some st -> st
        | None -> if bounds then st else { st with undecided = k :: st.undecided }) st nodes

(* Selectors and residuals of cells are keys where nothing is known of the point. *)
let with_lemmas b st goal =
  let free (_, f) = Simplex.Ids.disjoint (Simplex.support f) (Simplex.Ids.of_list [1; 2]) in
  let nodes = order b st (wanted goal) in
  if not (Table.is_empty st.forms) || not (List.for_all free st.facts) then st
  else
    let ranged = List.filter (fun (k, _) -> List.mem k nodes) b.lemmas in
    (* all that is shown first is shown without the others: their nodes are not known *)
    List.fold_left (fun st (k, high) ->
        let goals = [key k; minus high (key k)] in
        let have = Kernel.Both (Kernel.Nonneg (to_kernel (List.nth goals 0)), Kernel.Nonneg (to_kernel (List.nth goals 1))) in
        let st = emit (Kernel.Have have) st in
        let finished = each b (prepare b { st with forms = Table.empty } have) have in
        let st = List.fold_left (fun st f -> with_fact b f st) (after st finished) goals in
        with_form k (key k) (emit (Kernel.Sym (z k)) st)) st ranged

let begun b (fr : Kernel.frame) keys =
  let next = number fr.Kernel.next in
  let facts = List.init (next - 1) (fun i -> (i + 1, of_kernel (Option.get (Kernel.M.find (z (i + 1)) fr.Kernel.facts)))) in
  let forms = List.fold_left (fun m k -> match Kernel.M.find (z k) fr.Kernel.forms with
      | Some f -> Table.add k (of_kernel f) m | None -> m) Table.empty keys in
  let nothing = { forms; facts = []; next = 1; plain = []; ends = Table.empty; undecided = []; steps = [] } in
  List.fold_left (fun st (_, f) -> with_fact b f st) nothing facts

(* Of question number i. In the opening, x, y, eps, eta and their products; eps, and what is beyond the program. *)
let is_parameter i d node k =
  match i with
  | 0 -> k <= 4 || (match node k with Some (Kernel.Product (t, j)) -> number t <= 4 && number j <= 4 | _ -> false)
  | 1 | 2 -> k = d || (k > d && node k = None)
  | 3 -> k > d && node k = None
  | _ -> true

let block i (question : Kernel.question) lemmas =
  let node k = Kernel.M.find (z k) question.Kernel.q_program in
  let products = Hashtbl.create 64 in
  let first = question.Kernel.q_dimension + 1 in
  let rec scan k = match node k with
    | None -> k
    | Some (Kernel.Product (theta, j)) -> Hashtbl.replace products (number theta, number j) k; scan (k + 1)
    | Some _ -> scan (k + 1) in
  let last = scan first in
  ({ node; products; lemmas; parameter = is_parameter i question.Kernel.q_dimension node }, List.init (last + 1) (fun i -> i + 1))

let program_frame b keys fr =
  let goal = fr.Kernel.aim in
  let st = with_lemmas b (begun b fr keys) goal in
  List.rev (each b (prepare b st goal) goal).steps

(* The seed is 0 or affine on a polygon: node 3 is its value at the point (1, 2). *)
let seed_frame b cells (fr : Kernel.frame) =
  let k, f = match fr.Kernel.aim with Kernel.Same (k, f) -> (k, of_kernel f) | _ -> assert false in
  let done_ st g =
    let d = minus g f in
    match weights b st d, weights b st (opposite d) with
    | Some w, Some w' -> Some (emit (Kernel.Done (kernel_weights w, kernel_weights w')) st)
    | _ -> None in
  let rec go depth st =
    match absurd st with
    | Some st -> st
    | None ->
      let inside i (coordinates, values) =
        let value = List.hd values in
        let all = List.map (weights b st) coordinates in
        if List.for_all Option.is_some all then
          done_ (emit (Kernel.Inside (k, i, List.map (fun w -> kernel_weights (Option.get w)) all)) st) value
        else None in
      let apart (coordinates, values) =
        let value = List.hd values in
        let facts = List.rev_append (List.mapi (fun m c -> (st.next + m, c)) coordinates) st.facts in
        match Simplex.weights ~wide:true facts (const Q.minus_one) with
        | Some w -> Some (Kernel.Apart (kernel_weights w))
        | None ->
          match Simplex.weights ~wide:true facts value, Simplex.weights ~wide:true facts (opposite value) with
          | Some w, Some w' -> Some (Kernel.Zero (kernel_weights w, kernel_weights w'))
          | _ -> None in
      match List.find_map Fun.id (List.mapi inside cells) with
      | Some st -> st
      | None ->
        let all = List.map apart cells in
        let outside = if List.for_all Option.is_some all
          then done_ (emit (Kernel.Outside (k, List.map Option.get all)) st) zero else None in
        match outside with
        | Some st -> st
        | None ->
          if depth = 0 then raise (Stuck "the seed is not as it is read");
          let undecided f = weights b st f = None && weights b st (opposite f) = None in
          match List.find_opt undecided (List.concat_map fst cells) with
          | None -> raise (Stuck "the seed is not as it is read")
          | Some f ->
            let st = emit (Kernel.Split (to_kernel f)) st in
            go (depth - 1) (with_fact b (opposite f) (after st (go (depth - 1) (with_fact b f st)))) in
  List.rev (go 40 (begun b fr [])).steps

(* The steps that answer a question, frame by frame. *)
let steps (question : Kernel.question) frame =
  List.concat (List.mapi (fun i fr ->
      try frame fr with Stuck why -> raise (Stuck (Printf.sprintf "frame %d: %s" (i + 1) why)))
    question.Kernel.q_frames)

(* What answers the questions on a family, one by one. *)
let all lemmas cells questions =
  List.mapi (fun i question take ->
      let b, keys = block i question (if i = 0 then lemmas else []) in
      let frame = if i = 4 then seed_frame b cells else program_frame b keys in
      try List.iter take (steps question frame) with Stuck why ->
        raise (Stuck (Printf.sprintf "question %d on the family, %s" (i + 1) why))) questions
