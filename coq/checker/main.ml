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

let about (c : Reader.certificate) =
  let units = List.length (List.filter (function Kernel.Relu _ -> true | _ -> false) c.net.Kernel.nodes) in
  Printf.sprintf "the network with %d ReLU nodes" units
let target (c : Reader.certificate) = Printf.sprintf "V^%d g of the problem '%s'" c.n (String.escaped c.name)

let check path family =
  let c = Reader.certificate (Json.parse (read path)) in
  let cells, coords, meetings = Enumerations.known_of c.seed in
  let question = function Some q -> q | None -> raise (Json.Unreadable "the seed is not a function") in
  let ends sessions sentence =
    if List.for_all (fun (stack, _, _) -> !stack = []) sessions then begin
      let steps = List.fold_left (fun n (_, steps, _) -> n + !steps) 0 sessions in
      Printf.printf "valid: %s (%d steps)\n" sentence steps; 0
    end else raise (Wrong "the proof ends too early") in
  let equals = Printf.sprintf "%s equals %s at every point of R^2" (about c) (target c) in
  match c.claim, Enumerations.kind c.evidence with
  | Reader.Equal, "enumeration" ->
    let problem = Reader.problem c in
    let (_, _, emit) as s = session (question (Kernel.start_realizes problem c.net [] coords meetings)) in
    Enumerations.realized c problem cells emit;
    ends [s] equals
  | Reader.Differs { point; network; target = value }, "point" ->
    ignore (Reader.members "evidence" ["kind"] ~optional:[] c.evidence : string -> Json.t);
    let difference = Q.sub network value and problem = Reader.problem c in
    if Q.sign difference = 0 then raise (Wrong "the two values are equal");
    let started = Kernel.start_differs problem c.net (List.map Reader.q_of point) (Reader.q_of difference) coords meetings in
    let (_, _, emit) as s = session (question started) in
    (match point with [x; y] -> Elaborate.point (Enumerations.program c problem cells emit) x y network | _ -> assert false);
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
