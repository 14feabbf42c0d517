(* exactrelu-check CERTIFICATE [FAMILY]: a certificate, checked by the extracted kernel.

   Believed beside the kernel, the reading of the statement (json.ml, reader.ml) and session.ml: that [check] says "valid"
   of what it read and asked the kernel about, and only if every stack of frames is empty then. FAMILY is hints: with it,
   evidence by induction is not looked at, and the network is shown to be that for n of a family which is V^n g. *)

open Session

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

(* ---- what follows prepares a proof and is not believed ---- *)

open Form
open Seeds

let number = Z.to_int
let rational (x : Kernel.q) = Q.make x.Kernel.qnum x.Kernel.qden

let program (c : Reader.certificate) problem cells emit =
  let node = function
    | Kernel.Affine (l, b) -> Elaborate.Sum (List.map (fun (j, w) -> (number j, rational w)) l, rational b)
    | Kernel.Relu j -> Elaborate.Relu (number j) in
  let nodes = Array.of_list (List.map node c.net.Kernel.nodes) in
  let _, l = Kernel.iterate_form problem in
  let first = 3 + Array.length nodes in
  let scale = Q.of_bigint (Z.pow (Z.of_int 2) c.n) in
  let terms = List.mapi (fun i ((shift, _), w) -> (first + i, List.map rational shift, rational w)) (Kernel.all_terms l) in
  let translate (id, shift, _) =
    let i, j = match shift with [i; j] -> (i, j) | [] -> (Q.zero, Q.zero) | _ -> assert false in
    let moved f = { f with c = Q.sub f.c (Q.add (Q.mul f.a i) (Q.mul f.b j)); a = Q.mul f.a scale; b = Q.mul f.b scale } in
    let points = List.concat_map corners_of c.seed in
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
let problem (c : Reader.certificate) =
  let outside what = raise (Reader.Outside what) in
  if c.n > most_iterations then outside (Printf.sprintf "n = %d; without a family this checker goes up to %d" c.n most_iterations);
  if Z.gt (translates c.n c.mask) (Z.of_int most_translates) then
    outside (Printf.sprintf "V^%d g has more than %d translates" c.n most_translates);
  Kernel.plane_problem c.mask c.seed c.n

let kind evidence = match evidence with
  | Json.Object l -> (match List.assoc_opt "kind" l with Some (Json.Text s) -> s | _ -> Reader.refuse "evidence" "no kind")
  | _ -> Reader.refuse "evidence" "expected an object"

let about (c : Reader.certificate) =
  let units = List.length (List.filter (function Kernel.Relu _ -> true | _ -> false) c.net.Kernel.nodes) in
  Printf.sprintf "the network with %d ReLU nodes" units
let target (c : Reader.certificate) = Printf.sprintf "V^%d g of the problem '%s'" c.n (String.escaped c.name)

let check path family =
  let c = Reader.certificate (Json.parse (read path)) in
  let cells = List.map cell c.seed in
  let coords = List.map (fun (cs, _) -> List.map to_kernel cs) cells in
  let meetings = try meetings cells with Elaborate.Stuck why -> raise (Json.Unreadable ("seed: " ^ why)) in
  let question = function Some q -> q | None -> raise (Json.Unreadable "the seed is not a function") in
  let ends sessions sentence =
    if List.for_all (fun (stack, _, _) -> !stack = []) sessions then begin
      let steps = List.fold_left (fun n (_, steps, _) -> n + !steps) 0 sessions in
      Printf.printf "valid: %s (%d steps)\n" sentence steps; 0
    end else raise (Wrong "the proof ends too early") in
  let equals = Printf.sprintf "%s equals %s at every point of R^2" (about c) (target c) in
  match c.claim, kind c.evidence with
  | Reader.Equal, "enumeration" ->
    let lines, entries = enumeration c.evidence and problem = problem c in
    let (_, _, emit) as s = session (question (Kernel.start_realizes problem c.net [] coords meetings)) in
    Elaborate.tree (program c problem cells emit) lines entries;
    ends [s] equals
  | Reader.Differs { point; network; target = value }, "point" ->
    ignore (Reader.members "evidence" ["kind"] ~optional:[] c.evidence : string -> Json.t);
    let difference = Q.sub network value and problem = problem c in
    if Q.sign difference = 0 then raise (Wrong "the two values are equal");
    let started = Kernel.start_differs problem c.net (List.map Reader.q_of point) (Reader.q_of difference) coords meetings in
    let (_, _, emit) as s = session (question started) in
    (match point with [x; y] -> Elaborate.point (program c problem cells emit) x y | _ -> assert false);
    ends [s] (Printf.sprintf "%s differs from %s at (%s, %s)" (about c) (target c) (Q.to_string (List.nth point 0))
                (Q.to_string (List.nth point 1)))
  | Reader.Equal, "induction" when family <> None ->
    let outside why = raise (Reader.Outside why) in
    if c.n > List.length c.net.Kernel.nodes then outside "fewer nodes than n";
    let f, lemmas = Family_file.read (Json.parse (read (Option.get family))) in
    (match Kernel.member_questions c.mask c.seed c.n c.net f coords meetings with
     | None -> outside "the family does not qualify"
     | Some questions ->
       let sessions = List.map session questions in
       let emits = List.map (fun (_, _, emit) -> emit) sessions in
       (try
          Members.answer (List.hd questions) (List.hd emits);
          List.iter2 (fun emit (_, steps) -> List.iter emit steps) (List.tl emits)
            (Families.all lemmas cells (List.tl questions))
        with Elaborate.Stuck why -> outside why);
       ends sessions (equals ^ Printf.sprintf ", as that for n = %d of a family for every n" c.n))
  | Reader.Equal, (("induction" | "atoms") as k) -> raise (Reader.Outside ("evidence of the kind " ^ k))
  | _, _ -> raise (Json.Unreadable "evidence: of a kind that does not belong to the claim")

let () =
  let complain code word what = Printf.eprintf "exactrelu-check: %s: %s\n" word what; exit code in
  match Array.to_list Sys.argv with
  | _ :: path :: ([] | [_] as family) ->
    (try exit (check path (List.nth_opt family 0)) with
     | Wrong why | Elaborate.Stuck why -> Printf.printf "invalid: %s\n" why; exit 1
     | Json.Unreadable why -> complain 2 "cannot be read" why
     | Reader.Outside what -> complain 3 "outside the verified kernel" what
     | Sys_error why -> complain 2 "cannot be read" why
     | Stack_overflow | Out_of_memory -> complain 3 "undecided" "out of memory")
  | _ -> complain 2 "usage" "exactrelu-check CERTIFICATE [FAMILY]"
