(* From a certificate to the steps of a proof. Not believed: each step is checked as it is emitted.

   Going down the tree of splits, every node that still matters on a polygon gets a form in x, y and keys, which are
   ReLU nodes whose sign is not decided there. A node is told to the kernel when it is decided and something undecided
   is computed from it. At a leaf the translates of the seed are decided as well, and the goal holds identically; where
   they are not, or nodes of one variable keep a key, the leaf is cut further. *)

open Form
module Ints = Set.Make (Int)

exception Stuck of string

type node = Sum of (int * Q.t) list * Q.t | Relu of int

type sign = On | Off | Scaled of int * Q.t                    (* k = s · j, or for s < 0 k = −s (j − its argument) *)

(* The cells have coordinates and a value; the box, if there is one, holds them. *)
type translate = { id : int; box : (Q.t * Q.t * Q.t * Q.t) option; cells : (t list * t) list }

(* The goal is about the weighted sum [target] of nodes and translates, which is the node [last] if that is given. *)
type program = {
  nodes : node array;                                         (* node k at k − 3 *)
  outs : int list; last : int option; target : (int * Q.t) list; translates : translate list;
  emit : Kernel.step -> unit }

type aim = Zero | Least of Q.t * Q.t                          (* target = 0; c + s target >= 0 *)

let z = Z.of_int
let q = Reader.q_of
let kernel_weights l = List.map (fun (i, w) -> (z i, q w)) l

(* What is known on a polygon; everything that can be shared with other polygons is persistent. *)
type state = {
  polygon : polygon;
  mutable next : int;                                         (* the number of the next fact *)
  mutable told : Form.t Keys.t;                               (* what the kernel has for a node, if not itself *)
  mutable forms : Form.t Keys.t;                              (* the forms of nodes here *)
  mutable signs : sign Keys.t;
  mutable high : Q.t Keys.t;                                  (* upper bounds of keys *)
  mutable low_facts : int Keys.t;                             (* the fact that a key is >= 0 *)
  mutable high_facts : (Q.t * int) Keys.t }                   (* the fact that a key is at most so much *)

let form st k = match Keys.find_opt k st.forms with Some f -> f | None -> key k
let told st k = match Keys.find_opt k st.told with Some f -> f | None -> key k
let node p k = p.nodes.(k - 3)
let argument p k = match node p k with Relu j -> j | Sum _ -> assert false

(* A lower bound of a form on the polygon, None if there is none. *)
let bound_below st f =
  let bound = Keys.fold (fun k w acc ->
      match acc with
      | None -> None
      | Some c -> if Q.sign w > 0 then acc else
          Option.map (fun h -> Q.add c (Q.mul w h)) (Keys.find_opt k st.high)) f.keys (Some f.c) in
  match bound with
  | None -> None
  | Some c -> Option.map fst (least st.polygon { (affine_part f) with c })

(* Tell the kernel the form of a node as it is here, and before that what it follows from. *)
let rec tell p st k =
  if k > 2 then begin
    let f = form st k in
    if not (equal (told st k) f) then begin
      (match node p k with
       | Sum (terms, _) -> List.iter (fun (j, _) -> tell p st j) terms; p.emit (Kernel.Aff (z k))
       | Relu j ->
         let e = form st j in
         match Keys.find_opt k st.signs with
         | Some On -> tell_source p st j; let w = prove p st e in p.emit (Kernel.On (z k, w))
         | Some Off -> tell_source p st j; let w = prove p st (opposite e) in p.emit (Kernel.Off (z k, w))
         | Some (Scaled (i, s)) -> tell_source p st j; tell_source p st (argument p i); tell p st i;
           p.emit (Kernel.Scale (z k, z i, q s))
         | None -> p.emit (Kernel.Sym (z k)));
      st.told <- Keys.add k f st.told
    end
  end

(* The kernel finds the form of an affine node by its terms, unless it has been told one that no longer is its own. *)
and tell_source p st j =
  match if j > 2 && not (Keys.mem j st.told) then Some (node p j) else None with
  | Some (Sum (terms, _)) -> List.iter (fun (i, _) -> tell p st i) terms
  | _ -> tell p st j

(* Weights that show that a form is >= 0 on the polygon. *)
and prove p st f =
  let facts, c = Keys.fold (fun k w (facts, c) ->
      if Q.sign w > 0 then ((low_fact p st k, w) :: facts, c)
      else
        let h, id = high_fact p st k in
        ((id, Q.neg w) :: facts, Q.add c (Q.mul w h))) f.keys ([], f.c) in
  kernel_weights (facts @ weights st.polygon { (affine_part f) with c })

and low_fact p st k =
  match Keys.find_opt k st.low_facts with
  | Some id -> id
  | None ->
    let id = st.next in
    p.emit (Kernel.Low (z k));
    st.low_facts <- Keys.add k id st.low_facts;
    st.next <- id + 2;
    id

and high_fact p st k =
  let h = Keys.find k st.high in
  match Keys.find_opt k st.high_facts with
  | Some (h', id) when Q.leq h' h -> (h', id)
  | _ ->
    let j = argument p k in
    tell_source p st j;
    let w = prove p st (minus (const h) (form st j)) in
    let id = st.next in
    p.emit (Kernel.Up (z k, to_kernel (const h), [], w));
    st.high_facts <- Keys.add k (h, id) st.high_facts;
    st.next <- id + 1;
    (h, id)

(* Equal for two forms if and only if one is a positive multiple of the other; and the factor. *)
let up_to_scale f =
  let factor = Q.abs (if not (Keys.is_empty f.keys) then snd (Keys.min_binding f.keys)
                      else if Q.sign f.a <> 0 then f.a else if Q.sign f.b <> 0 then f.b else f.c) in
  let f = scaled (Q.inv factor) f in
  (List.map Q.to_string [f.c; f.a; f.b], List.map (fun (k, w) -> (k, Q.to_string w)) (Keys.bindings f.keys)), factor

(* Decide the [pending] nodes, in order, on the polygon of the state; return those that are left. *)
let decide p st pending =
  let known = Hashtbl.create 64 in
  let undecided = ref Ints.empty in
  List.iter (fun k ->
      let set f = st.forms <- Keys.add k f st.forms; if not (is_affine f) then undecided := Ints.add k !undecided in
      match node p k with
      | Sum (terms, bias) -> set (List.fold_left (fun f (j, w) -> add_mul w (form st j) f) (const bias) terms)
      | Relu j ->
        let e = form st j in
        st.signs <- Keys.remove k st.signs;
        st.high <- Keys.remove k st.high;
        let sign s f = st.signs <- Keys.add k s st.signs; set f in
        let high = Option.map Q.neg (bound_below st (opposite e)) in
        match high with
        | Some h when Q.sign h <= 0 -> sign Off zero
        | _ ->
          match bound_below st e with
          | Some l when Q.sign l >= 0 -> sign On e
          | _ ->
            let own, s = up_to_scale e and other, _ = up_to_scale (opposite e) in
            match Hashtbl.find_opt known own, Hashtbl.find_opt known other with
            | Some (i, t), _ -> let r = Q.div s t in sign (Scaled (i, r)) (scaled r (key i))
            | None, Some (i, t) ->
              let r = Q.div s t in
              sign (Scaled (i, Q.neg r)) (scaled r (minus (key i) (form st (argument p i))))
            | None, None ->
              Hashtbl.add known own (k, s);
              Option.iter (fun h -> st.high <- Keys.add k h st.high) high;
              set (key k)) pending;
  (* what the output is computed from through undecided nodes *)
  let wanted = ref (Ints.of_list p.outs) and left = ref [] and frontier = ref Ints.empty in
  List.iter (fun k ->
      if Ints.mem k !wanted then
        if Ints.mem k !undecided then begin
          left := k :: !left;
          let want j = wanted := Ints.add j !wanted in
          (match node p k with Relu j -> want j | Sum (terms, _) -> List.iter (fun (j, _) -> want j) terms);
          Keys.iter (fun j _ -> want j) (form st k).keys
        end else frontier := Ints.add k !frontier) (List.rev pending);
  Ints.iter (tell p st) !frontier;
  !left

(* Decide the translates on the polygon; return those that are left. *)
let decide_translates p st pending =
  let finite = List.filter (fun (_, _, f) -> f) (Array.to_list st.polygon.vertices) in
  let ideal = List.filter (fun (_, _, f) -> not f) (Array.to_list st.polygon.vertices) in
  let range pick =
    let xs = List.map pick finite in
    let lo = List.fold_left Q.min (List.hd xs) xs and hi = List.fold_left Q.max (List.hd xs) xs in
    let goes s = List.exists (fun v -> Q.sign (pick v) = s) ideal in
    ((if goes (-1) then None else Some lo), (if goes 1 then None else Some hi)) in
  let x0, x1 = range (fun (x, _, _) -> x) and y0, y1 = range (fun (_, y, _) -> y) in
  let beyond l h (lo, hi) =
    (match lo with Some v -> Q.geq v h | None -> false) || (match hi with Some v -> Q.leq v l | None -> false) in
  let set t f step = p.emit step; st.forms <- Keys.add t.id f st.forms; st.told <- Keys.add t.id f st.told in
  let decided t =
    let far = match t.box with
      | Some (bx0, bx1, by0, by1) -> beyond bx0 bx1 (x0, x1) || beyond by0 by1 (y0, y1)
      | None -> false in
    let nonneg f = match least st.polygon f with Some (l, _) -> Q.sign l >= 0 | None -> false in
    let rec inside i = function
      | [] -> false
      | (coordinates, value) :: rest ->
        if List.for_all nonneg coordinates then begin
          set t value (Kernel.Inside (z t.id, i, List.map (fun f -> kernel_weights (weights st.polygon f)) coordinates));
          true
        end else inside (i + 1) rest in
    if not far && inside 0 t.cells then true
    else
      let apart (coordinates, value) =
        (* the coordinate that is the most negative throughout *)
        let best = ref None in
        List.iteri (fun m f ->
            match least st.polygon (opposite f) with
            | Some (l, _) when Q.sign l >= 0 ->
              (match !best with Some (b, _, _) when Q.leq l b -> () | _ -> best := Some (l, m, f))
            | _ -> ()) coordinates;
        match !best with
        | None -> None
        | Some (l, m, f) when Q.sign l > 0 ->
          let w = (st.next + m, Q.inv l) :: List.map (fun (i, v) -> (i, Q.div v l)) (weights st.polygon (opposite f)) in
          Some (Kernel.Apart (kernel_weights w))
        | Some _ ->
          let facts = Array.to_list st.polygon.sides @ List.mapi (fun i f -> (st.next + i, f)) coordinates in
          let facts = List.filter (fun (i, _) -> i > 0) facts in
          match Cone.weights facts value, Cone.weights facts (opposite value) with
          | Some u, Some v -> Some (Kernel.Zero (kernel_weights u, kernel_weights v))
          | _ -> Option.map (fun w -> Kernel.Apart (kernel_weights w)) (Cone.weights facts (const Q.minus_one)) in
      let rec all = function
        | [] -> Some []
        | cell :: rest -> (match apart cell with
            | None -> None
            | Some e -> Option.map (fun l -> e :: l) (all rest)) in
      match all t.cells with
      | None -> false
      | Some l -> set t zero (Kernel.Outside (z t.id, l)); true in
  List.filter (fun t -> not (decided t)) pending

let most_cuts = 1000

let rec cut p st f pending translates continue =
  p.emit (Kernel.Split (to_kernel f));
  let id = st.next in
  List.iter (fun f ->
      let half = { st with polygon = part st.polygon f id; next = id + 1 } in
      let left = decide p half pending in
      continue half left (decide_translates p half translates)) [f; opposite f]

(* Prove the goal on a polygon if it follows from the forms of nodes. *)
let finished p st aim target =
  let tell_target () =
    List.iter (tell p st) p.outs;
    Option.iter (fun k -> p.emit (Kernel.Aff (z k))) p.last in
  match aim with
  | Zero -> equal target zero && (tell_target (); p.emit (Kernel.Done ([], [])); true)
  | Least (c, s) ->
    let f = add_mul s target (const c) in
    match bound_below st f with
    | Some l when Q.sign l >= 0 -> tell_target (); p.emit (Kernel.Close (prove p st f)); true
    | _ -> false

(* [own]: the form of the target's nodes on the whole leaf, once it is known on a part, where it has to be one. *)
let rec leaf own depth p aim st pending translates =
  (match own, p.outs with
   | Some own, [out] when is_affine (form st out) ->
     (match !own with
      | None -> own := Some (form st out)
      | Some g -> if not (equal (form st out) g) then raise (Stuck "the network is not affine on a leaf"))
   | _ -> ());
  let target = List.fold_left (fun g (k, w) -> add_mul w (form st k) g) zero p.target in
  if translates <> [] || not (finished p st aim target) then begin
    if depth > most_cuts then raise (Stuck "a leaf would have to be cut too often");
    let edges = List.concat_map (fun t -> List.concat_map fst t.cells) translates in
    let arguments = if translates = [] && is_affine target then [] else
        List.filter_map (fun k -> match node p k with
            | Relu j when is_affine (form st j) -> Some (form st j) | _ -> None) pending in
    match List.find_opt (crosses st.polygon) (edges @ arguments) with
    | Some g -> cut p st g pending translates (leaf own (depth + 1) p aim)
    | None -> raise (Stuck "the goal does not hold on a part of a leaf")
  end

(* The tree of splits, in preorder, for each of the polygons into which the box is cut at 0 along coordinates without an
   end; the line of a cut is <= 0 in the first part. [whole]: on a leaf, the network has to be affine. *)
let tree p ~whole box aim lines entries =
  let rest = ref entries in
  let next () = match !rest with [] -> raise (Stuck "the tree ends too early") | e :: r -> rest := r; e in
  let rec walk st pending translates =
    match next () with
    | -1 -> leaf (if whole then Some (ref None) else None) 0 p aim st pending translates
    | i ->
      let f = opposite lines.(i) in
      if not (crosses st.polygon f) then raise (Stuck "a line does not cut its polygon");
      cut p st f pending translates walk in
  let region fact first second =
    let st = { polygon = rectangle first second; next = fact; told = Keys.empty; forms = Keys.empty; signs = Keys.empty;
               high = Keys.empty; low_facts = Keys.empty; high_facts = Keys.empty } in
    let left = decide p st (List.init (Array.length p.nodes) (fun i -> i + 3)) in
    walk st left (decide_translates p st p.translates) in
  (* the facts on the ends of the box come first *)
  let fact = ref 1 in
  let numbered = Option.map (fun x -> let id = !fact in incr fact; (x, id)) in
  let spans = List.map (fun (low, high) -> let low = numbered low in (low, numbered high)) box in
  let rec regions fact axis found = function
    | [] -> (match List.rev found with
        | [first; second] -> region fact first second
        | [first] -> region fact first (Some (Q.zero, 0), Some (Q.one, 0))      (* a strip, for one coordinate *)
        | _ -> assert false)
    | (None, None) :: rest ->
      p.emit (Kernel.Split (to_kernel (opposite (key axis))));
      List.iter (fun span -> regions (fact + 1) (axis + 1) (span :: found) rest)
        [(None, Some (Q.zero, fact)); (Some (Q.zero, fact), None)]
    | span :: rest -> regions fact (axis + 1) (span :: found) rest in
  regions !fact 1 [] spans;
  if !rest <> [] then raise (Stuck "the tree does not end with its last leaf")

(* The values of nodes at a point, each told to the kernel; the inputs are the nodes 1, 2, … *)
let follow nodes inputs emit =
  let d = Array.length inputs in
  let values = Array.append inputs (Array.map (fun _ -> Q.zero) nodes) in
  Array.iteri (fun i o ->
      let k = d + i + 1 in
      let value = match o with
        | Sum (terms, bias) ->
          emit (Kernel.Aff (z k));
          List.fold_left (fun s (j, w) -> Q.add s (Q.mul w values.(j - 1))) bias terms
        | Relu j ->
          let v = values.(j - 1) in
          emit (if Q.sign v >= 0 then Kernel.On (z k, []) else Kernel.Off (z k, []));
          Q.max Q.zero v in
      values.(k - 1) <- value) nodes;
  values

(* The value of a form at a point. *)
let at_point (x, y) f = Q.add f.c (Q.add (Q.mul f.a x) (Q.mul f.b y))

(* That of a translate of the seed, or of V^n g as a sum of translates. *)
let translate_at point t =
  let holds (coordinates, _) = List.for_all (fun f -> Q.sign (at_point point f) >= 0) coordinates in
  match List.find_opt holds t.cells with Some (_, f) -> at_point point f | None -> Q.zero

(* At a point, in [size] coordinates, the target is a number: facts 2a − 1 and 2a are that coordinate a is not less and
   not more than it is. *)
let point p size (x, y) =
  let at = at_point (x, y) in
  let sides f =                        (* the facts that give a form its slopes *)
    let side i w = if Q.sign w > 0 then [(i, w)] else if Q.sign w < 0 then [(i + 1, Q.neg w)] else [] in
    side 1 f.a @ side 3 f.b in
  let values = follow p.nodes [| x; y |] p.emit in
  let forms = Hashtbl.create 64 in      (* as the kernel has them: translates in x and y *)
  let first = 2 * size + 1 in
  List.iter (fun t ->
      let rec inside i = function
        | [] ->
          let apart (coordinates, _) =
            let negative = List.filter (fun (_, v) -> Q.sign v < 0) (List.mapi (fun m f -> (first + m, at f)) coordinates) in
            let m, v = List.hd negative in
            let w = Q.inv (Q.neg v) in
            let f = List.nth coordinates (m - first) in
            Kernel.Apart (kernel_weights ((m, w) :: List.map (fun (i, u) -> (i, Q.mul u w)) (sides (opposite f)))) in
          Hashtbl.add forms t.id zero;
          p.emit (Kernel.Outside (z t.id, List.map apart t.cells))
        | (coordinates, f) :: rest ->
          if List.for_all (fun f -> Q.sign (at f) >= 0) coordinates then begin
            Hashtbl.add forms t.id f;
            p.emit (Kernel.Inside (z t.id, i, List.map (fun f -> kernel_weights (sides f)) coordinates))
          end else inside (i + 1) rest in
      inside 0 t.cells) p.translates;
  Option.iter (fun k -> p.emit (Kernel.Aff (z k))) p.last;
  let form k = match Hashtbl.find_opt forms k with Some f -> f | None -> const values.(k - 1) in
  let rest = List.fold_left (fun g (k, w) -> add_mul w (form k) g) zero p.target in
  p.emit (Kernel.Done (kernel_weights (sides rest), kernel_weights (sides (opposite rest))))
