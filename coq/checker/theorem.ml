(* exactrelu-family FILE: a family of networks, or a certificate by enumeration, to a theorem of Coq. Not believed.

   The kernel checks the steps here as they are found; Coq checks them again, when the file that is written is compiled. *)

open Family_file

(* ---- terms of Coq ---- *)

open Printf

let out = Buffer.create (1 lsl 20)
let put s = Buffer.add_string out s
let int_ i = if Z.sign i < 0 then sprintf "(%s)" (Z.to_string i) else Z.to_string i
let rational_ (x : Kernel.q) = sprintf "(%s # %s)" (int_ x.Kernel.qnum) (Z.to_string x.Kernel.qden)
let list_ f l = "[" ^ String.concat "; " (List.map f l) ^ "]"
let lines_ f l = "[" ^ String.concat ";\n  " (List.map f l) ^ "]"
let positives_ l = list_ Z.to_string l ^ "%positive"
let natural_ i = sprintf "%d%%nat" i

(* t k a b rest is (k, a # b) :: rest *)
let terms_ l = List.fold_right (fun (k, (x : Kernel.q)) rest ->
    sprintf "(t %s %s %s %s)" (Z.to_string k) (int_ x.Kernel.qnum) (Z.to_string x.Kernel.qden) rest) l "[]"
let form_ (c, l) = sprintf "(%s, %s)" (rational_ c) (terms_ l)
let rec goal_ = function
  | Kernel.Same (k, f) -> sprintf "(Same %s %s)" (Z.to_string k) (form_ f)
  | Kernel.Nonneg f -> sprintf "(Nonneg %s)" (form_ f)
  | Kernel.Both (g, h) -> sprintf "(Both %s %s)" (goal_ g) (goal_ h)
let outside_ = function
  | Kernel.Apart w -> "Apart " ^ terms_ w
  | Kernel.Zero (w, w') -> sprintf "Zero %s %s" (terms_ w) (terms_ w')
let step_ s =
  let p = Z.to_string in
  match s with
  | Kernel.Done (w, w') -> sprintf "Done %s %s" (terms_ w) (terms_ w')
  | Kernel.Close w -> "Close " ^ terms_ w
  | Kernel.Absurd w -> "Absurd " ^ terms_ w
  | Kernel.Split f -> "Split " ^ form_ f
  | Kernel.Have g -> "Have " ^ goal_ g
  | Kernel.Each -> "Each"
  | Kernel.Aff k -> "Aff " ^ p k
  | Kernel.On (k, w) -> sprintf "On %s %s" (p k) (terms_ w)
  | Kernel.Off (k, w) -> sprintf "Off %s %s" (p k) (terms_ w)
  | Kernel.Scale (k, j, x) -> sprintf "Scale %s %s %s" (p k) (p j) (rational_ x)
  | Kernel.Sym k -> "Sym " ^ p k
  | Kernel.Low k -> "Low " ^ p k
  | Kernel.Up (k, f, w, w') -> sprintf "Up %s %s %s %s" (p k) (form_ f) (terms_ w) (terms_ w')
  | Kernel.Inside (k, i, ws) -> sprintf "Inside %s %s %s" (p k) (natural_ i) (list_ terms_ ws)
  | Kernel.Outside (k, l) -> sprintf "Outside %s %s" (p k) (list_ outside_ l)
  | Kernel.Mul (k, l) -> sprintf "Mul %s %s" (p k) (positives_ l)
  | Kernel.Times (k, s, c, f, w, w', l) ->
    sprintf "Times %s %s %s %s %s %s %s" (p k) (rational_ s) (rational_ c) (form_ f) (terms_ w) (terms_ w') (positives_ l)

let op_ = function
  | Kernel.Affine (l, c) -> sprintf "Affine %s %s" (terms_ l) (rational_ c)
  | Kernel.Relu k -> sprintf "Relu %s" (Z.to_string k)
let node_ = function
  | Kernel.Op o -> sprintf "Op (%s)" (op_ o)
  | Kernel.Product (theta, k) -> sprintf "Product %s %s" (Z.to_string theta) (Z.to_string k)
  | Kernel.SeedAt _ -> assert false

let block_ (b : Kernel.block) =
  sprintf "{| inputs := %s; body := %s;\n  outputs := %s |}" (natural_ b.Kernel.inputs) (lines_ node_ b.Kernel.body)
    (positives_ b.Kernel.outputs)

let pair_ (i, j) = sprintf "(%s, %s)%%Z" (int_ i) (int_ j)
let row_ (r : Kernel.row) =
  sprintf "{| cell := %s; sign := %s; p_at := %s; pu_at := %s; pv_at := %s |}" (pair_ r.Kernel.cell0)
    (int_ r.Kernel.sign) (Z.to_string r.Kernel.p_at) (Z.to_string r.Kernel.pu_at) (Z.to_string r.Kernel.pv_at)
let axis_ (a : Kernel.axis) =
  sprintf "{| low := %s; high := %s; running := %s%%Z; digit := %s; loop_p := %s; loop_q := %s |}" (int_ a.Kernel.low)
    (int_ a.Kernel.high) (list_ int_ a.Kernel.running) (Z.to_string a.Kernel.digit) (Z.to_string a.Kernel.loop_p)
    (Z.to_string a.Kernel.loop_q)
let rec reading_ = function
  | Kernel.Leaf0 l -> sprintf "(Leaf %s)" (list_ form_ l)
  | Kernel.Cut (f, r, r') -> sprintf "(Cut %s\n    %s\n    %s)" (form_ f) (reading_ r) (reading_ r')
let class_ (c : Kernel.class0) =
  sprintf "{| shift := %s;\n  axis_x := %s;\n  axis_y := %s;\n  rows := %s;\n  finals := %s;\n  alive := %s;\n  deficit := %s; value_at_end := %s;\n  read := %s |}"
    (rational_ c.Kernel.shift) (axis_ c.Kernel.axis_x) (axis_ c.Kernel.axis_y) (lines_ row_ c.Kernel.rows)
    (lines_ row_ c.Kernel.finals) (list_ pair_ c.Kernel.alive) (Z.to_string c.Kernel.deficit)
    (Z.to_string c.Kernel.value_at_end) (reading_ c.Kernel.read)

let family_ (f : Kernel.family) =
  sprintf "{| opening := opening_block; stage := stage_block; final := final_block; closing := closing_block;\n  classes := shift_classes;\n  width := %s; arc := %s; bound := %s; growth := %s; limit := %s; top := %s; ratio := %s;\n  low_corner := %s; high_corner := %s |}"
    (rational_ f.Kernel.width) (rational_ f.Kernel.arc) (rational_ f.Kernel.bound) (rational_ f.Kernel.growth)
    (rational_ f.Kernel.limit) (rational_ f.Kernel.top) (rational_ f.Kernel.ratio) (pair_ f.Kernel.low_corner)
    (pair_ f.Kernel.high_corner)

let corner_ (c : Kernel.corner) = sprintf "{| place := %s; values := %s |}" (list_ rational_ c.Kernel.place)
    (list_ rational_ c.Kernel.values)

let define name type_ term = put (sprintf "Definition %s : %s :=\n  %s.\n\n" name type_ term)

(* What both kinds of theorems begin with: the problem, and what the kernel is told of the seed. *)
let begins what mask seed coords meetings =
  put (sprintf "(** %s. Written by `make theorems`. *)\n" what);
  put "From Coq Require Import ZArith QArith List.\n";
  put "From ExactRelu Require Import Statement Kernel Programs Main Family EveryN Member.\nImport ListNotations.\n";
  put "Open Scope Q_scope.\n\n";
  put "Local Definition t (k : positive) (a : Z) (b : positive) (l : terms) : terms := (k, a # b) :: l.\n\n";
  define "mask" "stencil" (lines_ (fun ((i, j), w) -> sprintf "(%s, %s, %s)" (int_ i ^ "%Z") (int_ j ^ "%Z") (rational_ w)) mask);
  define "seed" "list simplex" (lines_ (list_ corner_) seed);
  define "coords" "list (list form)" (lines_ (list_ form_) coords);
  define "meetings" "Programs.meetings"
    (lines_ (list_ (list_ (fun (w, w') -> sprintf "(%s, %s)" (terms_ w) (terms_ w')))) meetings)

let ends statement by =
  put (sprintf "Theorem %s.\nProof.\n  apply (%s).\n  vm_cast_no_check (eq_refl true).\nQed.\n" statement by)

let of_family json =
  let part = get "family" json and f, lemmas = read json in
  let seed = list (list corner) (part "seed") and mask = list entry (part "mask") in
  let cells, coords, meetings = Enumerations.known_of seed in
  let questions = match Kernel.family_questions f mask seed coords meetings with
    | Some questions -> questions
    | None -> raise (Elaborate.Stuck "the family does not qualify") in
  let answer i (question, steps) =
    let stack, count, emit = Session.session question in
    List.iter emit steps;
    if !stack <> [] then raise (Session.Wrong "the proof ends too early");
    eprintf "question %d: %d frames, %d steps\n%!" (i + 1) (List.length question.Kernel.q_frames) !count;
    steps in
  let proofs = List.mapi answer (Families.all lemmas cells questions) in
  let name = match part "name" with Json.Text s -> s | _ -> Reader.refuse "name" "expected a text" in
  begins (name ^ ": the family of one-pass, and proofs of its five questions") mask seed coords meetings;
  List.iter (fun (k, b) -> define k "block" (block_ b))
    ["opening_block", f.Kernel.opening; "stage_block", f.Kernel.stage; "final_block", f.Kernel.final;
     "closing_block", f.Kernel.closing];
  define "shift_classes" "list class" (lines_ class_ f.Kernel.classes);
  define "one_pass" "family" (family_ f);
  List.iteri (fun i steps -> define (sprintf "proof_%d" (i + 1)) "list step" (lines_ step_ steps)) proofs;
  ends (name ^ "_for_every_n n : (1 <= n)%nat -> realizes (plane_problem mask seed n) (instance one_pass n) []")
    "instances_sound _ _ _ coords meetings [proof_1; proof_2; proof_3; proof_4; proof_5]"

(* Steps of an enumeration are many: so many of them are one definition. *)
let together = 1000

let of_certificate json =
  let c = Reader.certificate json in
  if Enumerations.kind c.evidence <> "enumeration" then raise (Elaborate.Stuck "no evidence by enumeration");
  let cells, coords, meetings = Enumerations.known_of c.seed and problem = Reader.problem c in
  begins (sprintf "%s, n = %d: a network, and a proof by enumeration" c.name c.n) c.mask c.seed coords meetings;
  define "net" "network" (sprintf "{| nodes := %s;\n  output := %s |}" (lines_ op_ c.net.Kernel.nodes)
                            (Z.to_string c.net.Kernel.output));
  let question = match Kernel.start_realizes problem c.net [] coords meetings with
    | Some question -> question
    | None -> raise (Elaborate.Stuck "the seed is not a function") in
  let stack, count, emit = Session.session question in
  let parts = ref 0 and waiting = ref [] in
  let flush () =
    incr parts;
    define (sprintf "part_%d" !parts) "list step" (lines_ step_ (List.rev !waiting));
    waiting := [] in
  Enumerations.realized c problem cells (fun step ->
      emit step;
      waiting := step :: !waiting;
      if !count mod together = 0 then flush ());
  flush ();
  if !stack <> [] then raise (Session.Wrong "the proof ends too early");
  eprintf "%d steps\n" !count;
  define "parts" "list (list step)" (list_ (sprintf "part_%d") (List.init !parts succ));
  ends (sprintf "%s_for_%d : realizes (plane_problem mask seed %d) net []" c.name c.n c.n)
    "realizes_accepted _ _ coords meetings (concat parts)"

let theorem path =
  let file = open_in_bin path in
  let json = Json.parse (really_input_string file (in_channel_length file)) in
  (match json with
   | Json.Object l when List.mem_assoc "format" l -> of_certificate json
   | _ -> of_family json);
  print_string (Buffer.contents out)

let () =
  let refused why = eprintf "exactrelu-family: %s\n" why; exit 1 in
  try theorem Sys.argv.(1) with
  | Json.Unreadable why | Reader.Outside why | Elaborate.Stuck why | Session.Wrong why -> refused why
