(* A family of networks, the mask and the seed, as JSON from exactrelu (certification/family.py). Not believed. *)

let get place = function
  | Json.Object l -> (fun k -> match List.assoc_opt k l with Some v -> v | None -> Reader.refuse place ("no " ^ k))
  | _ -> Reader.refuse place "expected an object"

let list of_ v = List.map of_ (Reader.array "a list" v)
let integer = function Json.Integer i -> i | _ -> Reader.refuse "family" "expected an integer"
let small v = Z.to_int (integer v)
let q v = Reader.q_of (Reader.rational "family" v)

(* [c, a, b] is c + a x + b y. *)
let form v = match list (Reader.rational "form") v with
  | [c; a; b] -> Form.to_kernel { Form.c; a; b; keys = Form.Keys.empty }
  | _ -> Reader.refuse "form" "expected three numbers"

let node v =
  match v with
  | Json.Object [("relu", k)] -> Kernel.Op (Kernel.Relu (integer k))
  | Json.Object [("times", Json.Array [theta; k])] -> Kernel.Product (integer theta, integer k)
  | _ ->
    let term = function Json.Array [k; w] -> (integer k, q w) | _ -> Reader.refuse "affine" "expected pairs" in
    let part = get "node" v in
    Kernel.Op (Kernel.Affine (list term (part "affine"), q (part "bias")))

let block v : Kernel.block =
  let part = get "block" v in
  { Kernel.inputs = small (part "inputs"); body = list node (part "nodes"); outputs = list integer (part "outputs") }

let pair v = match list integer v with [i; j] -> (i, j) | _ -> Reader.refuse "cell" "expected two integers"

let row v : Kernel.row = match list integer v with
  | [i; j; sign; p_at; pu_at; pv_at] -> { Kernel.cell0 = (i, j); sign; p_at; pu_at; pv_at }
  | _ -> Reader.refuse "row" "expected six integers"

let axis v : Kernel.axis =
  let part = get "axis" v in
  let at k = integer (part k) in
  { Kernel.low = at "low"; high = at "high"; running = list integer (part "running"); digit = at "digit";
    loop_p = at "p"; loop_q = at "q" }

let rec reading v =
  match v with
  | Json.Object [("leaf", l)] -> Kernel.Leaf0 (list form l)
  | _ -> let part = get "read" v in Kernel.Cut (form (part "cut"), reading (part "below"), reading (part "above"))

let one_class v : Kernel.class0 =
  let part = get "class" v in
  { Kernel.shift = q (part "shift"); axis_x = axis (part "x"); axis_y = axis (part "y"); rows = list row (part "rows");
    finals = list row (part "finals"); alive = list pair (part "alive"); deficit = integer (part "deficit");
    value_at_end = integer (part "value"); read = reading (part "read") }

let family part : Kernel.family =
  { Kernel.opening = block (part "opening"); stage = block (part "stage"); final = block (part "final");
    closing = block (part "closing"); classes = list one_class (part "classes"); width = q (part "width");
    arc = q (part "arc"); bound = q (part "bound"); growth = q (part "growth"); limit = q (part "limit");
    top = q (part "top"); ratio = q (part "ratio"); low_corner = pair (part "low"); high_corner = pair (part "high") }

let corner v : Kernel.corner = match list q v with
  | [x; y; value] -> { Kernel.place = [x; y]; values = [value] }
  | _ -> Reader.refuse "seed" "expected x, y and a value"

let entry v = match v with
  | Json.Array [i; j; w] -> ((integer i, integer j), q w)
  | _ -> Reader.refuse "mask" "expected i, j and a coefficient"

(* The family, and bounds of nodes of its opening, with which the proof of its questions begins. *)
let read json =
  let part = get "family" json in
  let f = family part in
  let at name high = List.map (fun k -> (k, high)) (list small (part name)) in
  let rational (x : Kernel.q) = Q.make x.Kernel.qnum x.Kernel.qden in
  (f, at "selectors" (Form.scaled (rational f.Kernel.width) (Form.key 3)) @ at "residuals" (Form.key 4))
