(* The stack of frames of a question; [emit] lets the kernel take one step. Believed.

   The kernel is a program in Coq's types: what is handed to it by code that is not believed is looked at first, so that
   numbers of nodes and facts are positive, as well as denominators. *)

exception Wrong of string

let number k = if Z.sign k <= 0 then raise (Wrong "the number of a node or a fact is not positive")
let rational (x : Kernel.q) = if Z.sign x.Kernel.qden <= 0 then raise (Wrong "a denominator is not positive")
let terms l = List.iter (fun (k, w) -> number k; rational w) l
let form (c, l) = rational c; terms l
let both (w, w') = terms w; terms w'

let rec goal = function
  | Kernel.Same (k, f) -> number k; form f
  | Kernel.Nonneg f -> form f
  | Kernel.Both (g, h) -> goal g; goal h

let step = function
  | Kernel.Done (w, w') -> both (w, w')
  | Kernel.Close w | Kernel.Absurd w -> terms w
  | Kernel.Split f -> form f
  | Kernel.Have g -> goal g
  | Kernel.Each -> ()
  | Kernel.Aff k | Kernel.Sym k | Kernel.Low k -> number k
  | Kernel.On (k, w) | Kernel.Off (k, w) -> number k; terms w
  | Kernel.Scale (k, j, s) -> number k; number j; rational s
  | Kernel.Up (k, f, w, w') -> number k; form f; both (w, w')
  | Kernel.Inside (k, i, ws) -> number k; if i < 0 then raise (Wrong "no cell"); List.iter terms ws
  | Kernel.Outside (k, l) ->
    number k; List.iter (function Kernel.Apart w -> terms w | Kernel.Zero (w, w') -> both (w, w')) l
  | Kernel.Mul (k, l) -> number k; List.iter number l
  | Kernel.Times (k, s, c, f, w, w', l) ->
    number k; rational s; rational c; form f; both (w, w'); List.iter number l

(* What is told of a seed: forms for the coordinates of its cells, and weights for each pair of them. *)
let known coords met = List.iter (List.iter form) coords; List.iter (List.iter (List.iter both)) met

let rec reading = function
  | Kernel.Leaf0 l -> List.iter form l
  | Kernel.Cut (f, r, r') -> form f; reading r; reading r'

(* What is told of a family beside its programs. *)
let family (f : Kernel.family) =
  let axis (a : Kernel.axis) = List.iter number [a.Kernel.digit; a.Kernel.loop_p; a.Kernel.loop_q] in
  let row (r : Kernel.row) = List.iter number [r.Kernel.p_at; r.Kernel.pu_at; r.Kernel.pv_at] in
  List.iter rational [f.Kernel.width; f.Kernel.arc; f.Kernel.bound; f.Kernel.growth; f.Kernel.limit; f.Kernel.top; f.Kernel.ratio];
  List.iter (fun (c : Kernel.class0) ->
      rational c.Kernel.shift; axis c.Kernel.axis_x; axis c.Kernel.axis_y; List.iter row c.Kernel.rows;
      List.iter row c.Kernel.finals; number c.Kernel.deficit; number c.Kernel.value_at_end; reading c.Kernel.read)
    f.Kernel.classes

let session question =
  let stack = ref question.Kernel.q_frames in
  let steps = ref 0 in
  let emit s =
    incr steps;
    step s;
    match Kernel.answer question s !stack with
    | Some rest -> stack := rest
    | None -> raise (Wrong (Printf.sprintf "step %d is not allowed" !steps)) in
  (stack, steps, emit)
