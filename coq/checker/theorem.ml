(* exactrelu-family CERTIFICATE: to a theorem of Coq, about a family, one of its networks, or a network by enumeration. Not believed.

   The kernel checks the steps here as they are found; Coq checks them again, when the file that is written is compiled. *)

(* ---- terms of Coq ---- *)

open Printf

let out = Buffer.create (1 lsl 20)
let put s = Buffer.add_string out s
(* Coq reads long numbers faster where they are hexadecimal. *)
let digits_ i = if Z.numbits i > 64 then Z.format "%#x" i else Z.to_string i
let int_ i = if Z.sign i < 0 then sprintf "(%s)" (digits_ i) else digits_ i
let rational_ (x : Kernel.q) = sprintf "(%s # %s)" (int_ x.Kernel.qnum) (digits_ x.Kernel.qden)
let list_ f l = "[" ^ String.concat "; " (List.map f l) ^ "]"
let lines_ f l = "[" ^ String.concat ";\n  " (List.map f l) ^ "]"
let positives_ l = list_ Z.to_string l ^ "%positive"
let natural_ i = sprintf "%d%%nat" i

(* t k a b rest is (k, a # b) :: rest *)
let terms_ l = List.fold_right (fun (k, (x : Kernel.q)) rest ->
    sprintf "(t %s %s %s %s)" (Z.to_string k) (int_ x.Kernel.qnum) (digits_ x.Kernel.qden) rest) l "[]"
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
  put "From ExactRelu Require Import Statement Kernel Programs Main Family EveryN Member Domains.\nImport ListNotations.\n";
  put "Open Scope Q_scope.\n\n";
  put "Local Definition t (k : positive) (a : Z) (b : positive) (l : terms) : terms := (k, a # b) :: l.\n\n";
  define "mask" "stencil" (lines_ (fun ((i, j), w) -> sprintf "(%s, %s, %s)" (int_ i ^ "%Z") (int_ j ^ "%Z") (rational_ w)) mask);
  define "seed" "list simplex" (lines_ (list_ corner_) seed);
  define "coords" "list (list form)" (lines_ (list_ form_) coords);
  define "meetings" "Programs.meetings"
    (lines_ (list_ (list_ (fun (w, w') -> sprintf "(%s, %s)" (terms_ w) (terms_ w')))) meetings)

let ends statement by =
  put (sprintf "Theorem %s.\nProof.\n  apply (%s).\n  vm_cast_no_check (eq_refl true).\nQed.\n" statement by)

let stencil problem = match Reader.stencil problem with
  | Some stencil -> stencil
  | None -> raise (Reader.Outside "problems other than one mask in the plane, one component and dilation 2")

(* The steps that answer a question, each checked as it is found. *)
let answered question work each =
  let stack, count, emit = Session.session question in
  work (fun step -> emit step; each !count step);
  if !stack <> [] then raise (Session.Wrong "the proof ends too early");
  eprintf "%d frames, %d steps\n%!" (List.length question.Kernel.q_frames) !count

let collected question work =
  let steps = ref [] in
  answered question work (fun _ step -> steps := step :: !steps);
  List.rev !steps

let of_family (problem : Reader.problem) family evidence =
  let known = Seeds.known problem.Reader.seed and mask = stencil problem in
  let hints = Hints.evidence evidence in
  let f = Hints.family problem mask known family hints in
  let questions = match Kernel.every_questions f mask problem.Reader.seed known.Seeds.coords known.Seeds.met with
    | Some questions -> questions
    | None -> raise (Elaborate.Stuck "the family does not qualify") in
  let proofs = List.map2 collected questions (Families.all (Hints.lemmas family hints) known.Seeds.cells questions) in
  let name = problem.Reader.name in
  begins (name ^ ": the family of one-pass, and proofs of its five questions") mask problem.Reader.seed
    known.Seeds.coords known.Seeds.met;
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

let of_enumeration (c : Format1.certificate) =
  let problem = c.Format1.problem in
  let known = Seeds.known problem.Reader.seed and mask = stencil problem in
  let name = problem.Reader.name and n = c.Format1.n and net = c.Format1.net in
  begins (sprintf "%s, n = %d: a network, and a proof by enumeration" name n) mask problem.Reader.seed
    known.Seeds.coords known.Seeds.met;
  define "net" "network" (sprintf "{| nodes := %s;\n  output := %s |}" (lines_ op_ net.Kernel.nodes)
                            (Z.to_string net.Kernel.output));
  let written_out = Kernel.plane_problem mask problem.Reader.seed n in
  let question = match Kernel.start_realizes written_out net [] known.Seeds.coords known.Seeds.met with
    | Some question -> question
    | None -> raise (Elaborate.Stuck "the seed is not a function") in
  let parts = ref 0 and waiting = ref [] in
  let flush () =
    incr parts;
    define (sprintf "part_%d" !parts) "list step" (lines_ step_ (List.rev !waiting));
    waiting := [] in
  let lines, tree = Enumerations.enumeration 2 c.Format1.evidence in
  answered question (fun emit ->
      Elaborate.tree (Enumerations.compared written_out net known emit) ~whole:true [(None, None); (None, None)]
        Elaborate.Zero lines tree) (fun count step ->
      waiting := step :: !waiting;
      if count mod together = 0 then flush ());
  flush ();
  define "parts" "list (list step)" (list_ (sprintf "part_%d") (List.init !parts succ));
  ends (sprintf "%s_for_%d : realizes (plane_problem mask seed %d) net []" name n n)
    "realizes_accepted _ _ coords meetings (concat parts)"

(* ---- long networks, as chains: pieces that are equal, if nodes are numbered from the first of the piece on, are one
   definition ---- *)

(* Names for texts, each defined where it comes first; runs of the same one are one entry (name, how often). *)
let named prefix type_ texts =
  let names = Hashtbl.create 64 in
  let name text = match Hashtbl.find_opt names text with
    | Some name -> name
    | None ->
      let name = sprintf "%s_%d" prefix (Hashtbl.length names + 1) in
      Hashtbl.add names text name;
      define name type_ text;
      name in
  let add runs text = match name text, runs with
    | a, (b, count) :: rest when a = b -> (b, count + 1) :: rest
    | a, runs -> (a, 1) :: runs in
  List.rev (List.fold_left add [] texts)

let runs_ l = String.concat " ++ " (List.map (fun (name, count) -> sprintf "repeat %s %s" name (natural_ count)) l)

(* How often nodes repeat: the least period of the middle half of a network, node by node relative to itself. *)
let period texts =
  let count = Array.length texts in
  let low = count / 4 and high = 3 * count / 4 in
  let repeats p =
    let rec from i = i + p >= high || (texts.(i) = texts.(i + p) && from (i + 1)) in
    from low in
  let rec search p = if p > (high - low) / 2 then None else if repeats p then Some p else search (p + 1) in
  search 1

let cut_evenly first size l =
  let rec go i waiting pieces = function
    | [] -> List.rev (if waiting = [] then pieces else List.rev waiting :: pieces)
    | x :: rest ->
      if i >= first && (i - first) mod size = 0 && waiting <> [] then go i [] (List.rev waiting :: pieces) (x :: rest)
      else go (i + 1) (x :: waiting) pieces rest in
  go 0 [] [] l

(* The number of a node, from that of the first node k of its piece on; inputs by themselves. *)
let relative base j =
  if Z.leq j (Z.of_int 2) then Z.to_string j else sprintf "(at_ k %s)" (int_ (Z.sub j base))
let relative_terms base l = List.fold_right (fun (j, (x : Kernel.q)) rest ->
    sprintf "(t %s %s %s %s)" (relative base j) (int_ x.Kernel.qnum) (digits_ x.Kernel.qden) rest) l "[]"
let relative_op base = function
  | Kernel.Affine (l, c) -> sprintf "Affine %s %s" (relative_terms base l) (rational_ c)
  | Kernel.Relu j -> sprintf "Relu %s" (relative base j)

let of_member (problem : Reader.problem) n (net : Kernel.network) evidence =
  let known = Seeds.known problem.Reader.seed and mask = stencil problem and name = problem.Reader.name in
  let family = Format2.family (Hints.file_family evidence) in
  let f = Hints.family problem mask known family (Hints.evidence evidence) in
  let question = match Kernel.member_questions mask problem.Reader.seed n net f known.Seeds.coords known.Seeds.met with
    | Some (question :: _) -> question
    | _ -> raise (Elaborate.Stuck "the family does not qualify") in
  let steps = collected question (Members.answer question) in
  put (sprintf "(** %s, n = %d: a network as a chain of blocks, and a proof that it is one of the family. *)\n" name n);
  put "From Coq Require Import ZArith QArith List.\n";
  put "From ExactRelu Require Import Statement Kernel Programs Main Family EveryN Member Domains.\n";
  put (sprintf "From ExactRelu.theorems Require Import %s.\nImport ListNotations.\nOpen Scope Q_scope.\n\n" name);
  put "Local Definition t (k : positive) (a : Z) (b : positive) (l : terms) : terms := (k, a # b) :: l.\n\n";
  (* the network *)
  let ops = Array.of_list net.Kernel.nodes in
  let count = Array.length ops in
  let texts = Array.mapi (fun i o -> relative_op (Z.of_int (i + 3)) o) ops in
  let size = Option.value (period texts) ~default:count in
  let first = count / 4 in
  let rec earlier i = if i > 0 && texts.(i - 1) = texts.(i - 1 + size) then earlier (i - 1) else i in
  let first = if size = count then 0 else earlier first in
  let numbered = List.mapi (fun i o -> (i, o)) net.Kernel.nodes in
  let block piece =
    let base = Z.of_int (fst (List.hd piece) + 3) in
    sprintf "fun k => %s" (lines_ (fun (_, o) -> relative_op base o) piece) in
  let blocks = named "block" "positive -> list op" (List.map block (cut_evenly first size numbered)) in
  define "net" "network" (sprintf "{| nodes := chain 3 (%s);\n  output := %s |}" (runs_ blocks) (Z.to_string net.Kernel.output));
  (* the proof: numbers up to the last node of the network from k on, those of the family's network from j on *)
  let last = count + 2 in
  let stage = List.length f.Kernel.stage.Kernel.body and opening = List.length f.Kernel.opening.Kernel.body + 2 in
  let node_of = function
    | Kernel.Aff k | Kernel.On (k, _) | Kernel.Off (k, _) | Kernel.Scale (k, _, _) -> Z.to_int k
    | _ -> 0 in
  (* which stage a step belongs to; −1 is before the first one, where numbers are absolute *)
  let place k =
    let behind, length = if k <= last then (k - 3 - first, size) else (k - last - 1 - opening, stage) in
    if behind < 0 then -1 else behind / length in
  let pieces = List.fold_left (fun pieces step ->
      let k = node_of step in
      let here = (k > last, place k) in
      match pieces with
      | (there, l) :: rest when there = here -> (there, step :: l) :: rest
      | _ -> (here, [step]) :: pieces) [] steps in
  let step_text i step =
    let of_net = 3 + first + size * i and of_family = last + 1 + opening + stage * i in
    let number j =
      let j = Z.to_int j in
      if i < 0 || j <= 2 then string_of_int j
      else if j <= last then sprintf "(at_ k (%d))" (j - of_net) else sprintf "(at_ j (%d))" (j - of_family) in
    match step with
    | Kernel.Aff k -> sprintf "Aff %s" (number k)
    | Kernel.On (k, []) -> sprintf "On %s []" (number k)
    | Kernel.Off (k, []) -> sprintf "Off %s []" (number k)
    | Kernel.Scale (k, i, s) -> sprintf "Scale %s %s %s" (number k) (number i) (rational_ s)
    | Kernel.Done ([], []) -> "Done [] []"
    | _ -> raise (Elaborate.Stuck "a step that no member needs") in
  let pieces = List.rev_map (fun ((_, i), l) -> (i, sprintf "fun k j => %s" (lines_ (step_text i) (List.rev l)))) pieces in
  put "Definition steps_at (i : Z) (piece : positive -> positive -> list step) : list step :=\n";
  put (sprintf "  piece (Z.to_pos (%d + %d * i)) (Z.to_pos (%d + %d * i)).\n\n" (3 + first) size (last + 1 + opening) stage);
  put "Definition steps_from (i : Z) (many : nat) (piece : positive -> positive -> list step) : list step :=\n";
  put "  flat_map (fun more => steps_at (i + Z.of_nat more) piece) (seq 0 many).\n\n";
  let runs = named "steps" "positive -> positive -> list step" (List.map snd pieces) in
  let rec starts runs places = match runs with
    | [] -> []
    | (name, many) :: rest ->
      let rec drop n l = if n = 0 then l else drop (n - 1) (List.tl l) in
      sprintf "steps_from (%d) %s %s" (List.hd places) (natural_ many) name :: starts rest (drop many places) in
  define "proof" "list step" (String.concat " ++\n  " (starts runs (List.map fst pieces)));
  ends (sprintf "%s_for_%d : realizes (plane_problem mask seed %d) net []" name n n)
    (sprintf "member_accepted one_pass mask seed %d net proof %s_for_every_n eq_refl" n name)

let theorem path =
  let file = open_in_bin path in
  let json = Json.parse (really_input_string file (in_channel_length file)) in
  (match json with
   | Json.Object l when List.assoc_opt "format" l = Some (Json.Text "exactrelu-certificate/2") ->
     let c = Format2.certificate json in
     (match c.Format2.statement, Reader.kind "evidence" c.Format2.evidence with
      | Format2.Every { problem; family; _ }, _ -> of_family problem family c.Format2.evidence
      | Format2.Iterate { problem; n; net }, "family" -> of_member problem n net c.Format2.evidence
      | _ -> raise (Reader.Outside "theorems from certificates of this kind"))
   | _ -> of_enumeration (Format1.certificate json));
  print_string (Buffer.contents out)

let () =
  let refused why = eprintf "exactrelu-family: %s\n" why; exit 1 in
  try theorem Sys.argv.(1) with
  | Json.Unreadable why | Reader.Outside why | Elaborate.Stuck why | Session.Wrong why -> refused why
