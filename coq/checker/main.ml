(* exactrelu-check CERTIFICATE: a certificate, checked by the extracted kernel.

   Believed beside the kernel and the reading of the statement (json.ml, reader.ml): that the stack of frames begins with
   those of the question, goes through [Kernel.answer] alone, and is empty when "valid" is said. *)

let longest = 1 lsl 28

let contents channel =
  let chunk = Bytes.create 65536 and b = Buffer.create 65536 in
  let rec go () =
    let l = input channel chunk 0 65536 in
    if l > 0 then begin
      Buffer.add_subbytes b chunk 0 l;
      if Buffer.length b > longest then raise (Json.Unreadable "longer than 2^28 bytes");
      go ()
    end in
  go ();
  Buffer.contents b

(* The text of a file, plain or gzip; gzip(1) unpacks it. *)
let read path =
  let plain = if path = "-" then stdin else open_in_bin path in
  let text = Fun.protect (fun () -> contents plain) ~finally:(fun () -> close_in plain) in
  if String.length text < 2 || String.sub text 0 2 <> "\x1f\x8b" then text
  else if path = "-" then raise (Json.Unreadable "compressed data on the standard input; give the name of the file")
  else begin
    let unpacked = Unix.open_process_args_in "gzip" [| "gzip"; "-dcq"; "--"; path |] in
    let text = try contents unpacked with e -> ignore (Unix.close_process_in unpacked); raise e in
    if Unix.close_process_in unpacked <> Unix.WEXITED 0 then raise (Json.Unreadable "damaged gzip file");
    text
  end

exception Wrong of string

(* The stack of frames; [emit] lets the kernel take one step. *)
let session question =
  let stack = ref question.Kernel.q_frames in
  let steps = ref 0 in
  let emit step =
    incr steps;
    match Kernel.answer question step !stack with
    | Some rest -> stack := rest
    | None -> raise (Wrong (Printf.sprintf "step %d is not allowed" !steps)) in
  (stack, steps, emit)

(* ---- what follows prepares a proof and is not believed ---- *)

open Form
open Seeds

let number = Z.to_int
let rational (x : Kernel.q) = Q.make x.Kernel.qnum x.Kernel.qden

let program (c : Reader.certificate) cells emit =
  let node = function
    | Kernel.Affine (l, b) -> Elaborate.Sum (List.map (fun (j, w) -> (number j, rational w)) l, rational b)
    | Kernel.Relu j -> Elaborate.Relu (number j) in
  let nodes = Array.of_list (List.map node c.net.Kernel.nodes) in
  let _, l = Kernel.iterate_form c.problem in
  let first = 3 + Array.length nodes in
  let scale = Q.of_bigint (Z.pow (Z.of_int 2) c.n) in
  let terms = List.mapi (fun i ((shift, _), w) -> (first + i, List.map rational shift, rational w)) (Kernel.all_terms l) in
  let translate (id, shift, _) =
    let i, j = match shift with [i; j] -> (i, j) | [] -> (Q.zero, Q.zero) | _ -> assert false in
    let moved f = { f with c = Q.sub f.c (Q.add (Q.mul f.a i) (Q.mul f.b j)); a = Q.mul f.a scale; b = Q.mul f.b scale } in
    let points = List.concat_map corners_of c.problem.Kernel.seed in
    let range pick shift =
      let l = List.map (fun (p, _) -> Q.div (Q.add (pick p) shift) scale) points in
      match l with [] -> (Q.zero, Q.zero) | x :: r -> (List.fold_left Q.min x r, List.fold_left Q.max x r) in
    let x0, x1 = range List.hd i and y0, y1 = range (fun p -> List.nth p 1) j in
    { Elaborate.id; box = (x0, x1, y0, y1); cells = List.map (fun (cs, f) -> (List.map moved cs, moved f)) cells } in
  { Elaborate.nodes; out = number c.net.Kernel.output; last = first + List.length terms;
    last_terms = (number c.net.Kernel.output, Q.one) :: List.map (fun (id, _, w) -> (id, Q.neg w)) terms;
    translates = List.map translate terms; emit }

let enumeration evidence =
  let open Reader in
  let get = members "evidence" ["kind"; "lines"; "tree"] evidence in
  let line v = match array "evidence.lines" v with
    | [a; b; c] ->
      let a, b, c = (rational "evidence.lines" a, rational "evidence.lines" b, rational "evidence.lines" c) in
      if not (List.for_all (fun x -> Z.equal (Q.den x) Z.one) [a; b; c]) || (Q.sign a = 0 && Q.sign b = 0) then
        refuse "evidence.lines" "expected three integers, the first two not both zero";
      { a; b; c; keys = Keys.empty }
    | _ -> refuse "evidence.lines" "expected three integers" in
  let lines = Array.of_list (List.map line (array "evidence.lines" (get "lines"))) in
  let entry v = match v with
    | Json.Integer i when Z.equal i Z.minus_one -> -1
    | v -> let i = small "evidence.tree" v in
      if i >= Array.length lines then refuse "evidence.tree" "the number of no line"; i in
  (lines, List.map entry (array "evidence.tree" (get "tree")))

let kind evidence = match evidence with
  | Json.Object l -> (match List.assoc_opt "kind" l with Some (Json.Text s) -> s | _ -> Reader.refuse "evidence" "no kind")
  | _ -> Reader.refuse "evidence" "expected an object"

let check path =
  let c = Reader.certificate (Json.parse (read path)) in
  let cells = List.map cell c.problem.Kernel.seed in
  let coords = List.map (fun (cs, _) -> List.map to_kernel cs) cells in
  let meetings = try meetings cells with Elaborate.Stuck why -> raise (Json.Unreadable ("seed: " ^ why)) in
  let nodes = List.length (List.filter (function Kernel.Relu _ -> true | _ -> false) c.net.Kernel.nodes) in
  let about = Printf.sprintf "the network with %d ReLU nodes" nodes in
  let question = function Some q -> q | None -> raise (Json.Unreadable "the seed is not a function") in
  let ends (stack, steps, _) sentence =
    if !stack = [] then (Printf.printf "valid: %s (%d steps)\n" sentence !steps; 0)
    else raise (Wrong "the proof ends too early") in
  match c.claim, kind c.evidence with
  | Reader.Equal, "enumeration" ->
    let lines, entries = enumeration c.evidence in
    let (_, _, emit) as s = session (question (Kernel.start_realizes c.problem c.net [] coords meetings)) in
    Elaborate.tree (program c cells emit) lines entries;
    ends s (Printf.sprintf "%s equals V^%d g of the problem '%s' at every point of R^2" about c.n (String.escaped c.name))
  | Reader.Differs { point; network; target }, "point" ->
    ignore (Reader.members "evidence" ["kind"] ~optional:[] c.evidence : string -> Json.t);
    let difference = Q.sub network target in
    if Q.sign difference = 0 then raise (Wrong "the two values are equal");
    let started = Kernel.start_differs c.problem c.net (List.map Reader.q_of point) (Reader.q_of difference) coords meetings in
    let (_, _, emit) as s = session (question started) in
    (match point with [x; y] -> Elaborate.point (program c cells emit) x y | _ -> assert false);
    ends s (Printf.sprintf "%s differs from V^%d g of the problem '%s' at (%s, %s)" about c.n (String.escaped c.name)
              (Q.to_string (List.nth point 0)) (Q.to_string (List.nth point 1)))
  | Reader.Equal, (("induction" | "atoms") as k) -> raise (Reader.Outside ("evidence of the kind " ^ k))
  | _, _ -> raise (Json.Unreadable "evidence: of a kind that does not belong to the claim")

let () =
  let complain code word what = Printf.eprintf "exactrelu-check: %s: %s\n" word what; exit code in
  match Sys.argv with
  | [| _; path |] ->
    (try exit (check path) with
     | Wrong why | Elaborate.Stuck why -> Printf.printf "invalid: %s\n" why; exit 1
     | Json.Unreadable why -> complain 2 "cannot be read" why
     | Reader.Outside what -> complain 3 "outside the verified kernel" what
     | Sys_error why -> complain 2 "cannot be read" why
     | Stack_overflow | Out_of_memory -> complain 3 "undecided" "out of memory")
  | _ -> complain 2 "usage" "exactrelu-check CERTIFICATE"
