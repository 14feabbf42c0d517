(* exactrelu-check CERTIFICATE: a certificate, checked by the extracted kernel.

   Believed beside the kernel, the reading of the statement (json.ml, reader.ml, format1.ml, format2.ml) and session.ml:
   that what [format1] and [format2] ask of the kernel is the statement that was read, and that "valid" is said only if
   every stack of frames is empty. The answers to the questions come from elsewhere, and are not believed. *)

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

let outside why = raise (Reader.Outside why)
let steps = ref 0

(* Let a question be answered, to the end: [work] is handed what takes a step. *)
let demand why question work =
  match question with
  | None -> raise (Wrong why)
  | Some question ->
    let (stack, count, emit) = session question in
    work emit;
    steps := !steps + !count;
    if !stack <> [] then raise (Wrong "the proof ends too early")

(* The same for the questions on a family, and on a network that is to be the one for n. *)
let demand_all questions answers =
  match questions with
  | None -> outside "the family does not qualify"
  | Some questions -> List.iter2 (fun question work -> demand "" (Some question) work) questions (answers questions)

let no_function = "the seed is not a function"

(* What the kernel is told of a seed, and of a family: looked at before it is handed over. *)
let known_of seed =
  let known = Seeds.known seed in
  Session.known known.Seeds.coords known.Seeds.met;
  known

let format1 json =
  let c = Format1.certificate json in
  let problem = c.Format1.problem and n = c.Format1.n in
  let known = try known_of problem.Reader.seed with Seeds.Jump -> raise (Json.Unreadable no_function) in
  let about = Reader.about c.Format1.net.Kernel.nodes in
  let target = Printf.sprintf "V^%d g of the problem '%s'" n (String.escaped problem.Reader.name) in
  match c.Format1.claim, Reader.kind "evidence" c.Format1.evidence with
  | Format1.Equal, "enumeration" ->
    let problem = Reader.written_out problem n in
    demand no_function (Kernel.start_realizes problem c.Format1.net [] known.Seeds.coords known.Seeds.met) (fun emit ->
        let lines, tree = Enumerations.enumeration 2 c.Format1.evidence in
        Elaborate.tree (Enumerations.compared problem c.Format1.net known emit) ~whole:true [(None, None); (None, None)]
          Elaborate.Zero lines tree);
    Printf.sprintf "%s equals %s at every point of R^2" about target
  | Format1.Differs { point; network; target = value }, "point" ->
    ignore (Reader.members "evidence" ["kind"] c.Format1.evidence : string -> Json.t);
    let difference = Q.sub network value and problem = Reader.written_out problem n in
    if Q.sign difference = 0 then raise (Wrong "the two values are equal");
    let found = Enumerations.value_at c.Format1.net point in
    if not (Q.equal found network) then
      raise (Wrong (Printf.sprintf "the value of the network at the point is %s, not %s" (Q.to_string found) (Q.to_string network)));
    demand no_function
      (Kernel.start_differs problem c.Format1.net (List.map Reader.q_of point) (Reader.q_of difference) known.Seeds.coords known.Seeds.met)
      (fun emit -> Elaborate.point (Enumerations.compared problem c.Format1.net known emit) 2 (List.nth point 0, List.nth point 1));
    Printf.sprintf "%s has the value %s at (%s), and %s the value %s" about (Q.to_string network)
      (String.concat ", " (List.map Q.to_string point)) target (Q.to_string value)
  | Format1.Equal, ("induction" | "atoms" as kind) -> outside ("evidence of the kind " ^ kind ^ " in format 1")
  | _ -> raise (Json.Unreadable "evidence: of a kind that does not belong to the claim")

open Format2

(* Each statement about all outputs is one about each of them. *)
let each_pair domain one other work = List.iter2 work (outputs domain one) (outputs domain other)

let proved c =
  let d = size c.domain and half_spaces = half_spaces c.domain in
  let enumerated program aim emit =
    let lines, tree = Enumerations.enumeration d c.evidence in
    Elaborate.tree (program emit) ~whole:false c.domain.box aim lines tree in
  match c.statement with
  | Iterate { problem; n; net } when Reader.kind "evidence" c.evidence = "enumeration" ->
    if c.domain.hull <> [] then outside "V^n g on the hull of some points";
    let known = known_of problem.Reader.seed and problem = Reader.written_out problem n in
    demand no_function (Kernel.start_realizes problem net half_spaces known.Seeds.coords known.Seeds.met)
      (enumerated (Enumerations.compared problem net known) Elaborate.Zero)
  | Within { one; other; epsilon } ->
    let epsilon = Option.value epsilon ~default:Q.zero in
    each_pair c.domain one other (fun one other ->
        demand "a network that is none" (Kernel.start_near d one other half_spaces (Reader.q_of epsilon)) (fun emit ->
            let side aim = enumerated (Enumerations.side_by_side d one other) aim emit in
            if Q.sign epsilon = 0 then side Elaborate.Zero
            else (side (Elaborate.Least (epsilon, Q.minus_one)); side (Elaborate.Least (epsilon, Q.one)))))
  | Bound { net; bounds } ->
    List.iter2 (fun net (least, most) ->
        let bound start sign = Option.iter (fun { value; at } ->
            demand "a network that is none" (start d net half_spaces (Reader.q_of value))
              (enumerated (Enumerations.alone d net) (Elaborate.Least (Q.mul sign value, Q.neg sign)));
            Option.iter (fun point ->
                let place = List.map Reader.q_of point in
                if not (Kernel.contains half_spaces place) then raise (Wrong "a bound is claimed to be taken outside of the domain");
                if not (Q.equal (Enumerations.value_at net point) value) then raise (Wrong "a bound is not taken where that is claimed");
                demand "a network that is none" (Kernel.start_takes d net place (Reader.q_of value))
                  (fun emit -> ignore (Enumerations.takes net point emit : Q.t))) at) in
        bound Kernel.start_at_least Q.minus_one least;
        bound Kernel.start_at_most Q.one most) (outputs c.domain net) bounds
  | Iterate { problem; _ } | Every { problem; _ } ->
    let stencil = match Reader.stencil problem with
      | Some stencil -> stencil
      | None -> outside "families for problems other than one mask in the plane, one component and dilation 2" in
    let family = match c.statement with Every { family; _ } -> family | _ -> Format2.family (Hints.file_family c.evidence) in
    let known = known_of problem.Reader.seed and hints = Hints.evidence c.evidence in
    let asked family =
      if Q.sign family.base <= 0 || Q.sign family.factor <= 0 then raise (Wrong "factor and base have to be positive");
      let told = Hints.family problem stencil known family hints in
      Session.family told;
      told in
    let answers family questions = Families.all (Hints.lemmas family hints) known.Seeds.cells questions in
    (try match c.statement with
       | Iterate { n; net; _ } ->
         if n > List.length net.Kernel.nodes then outside "fewer nodes than n";
         demand_all (Kernel.member_questions stencil problem.Reader.seed n net (asked family) known.Seeds.coords known.Seeds.met)
           (fun questions -> Members.answer (List.hd questions) :: answers family (List.tl questions))
       | Every _ ->
         demand_all (Kernel.every_questions (asked family) stencil problem.Reader.seed known.Seeds.coords known.Seeds.met)
           (answers family)
       | _ -> assert false
     with Elaborate.Stuck why -> outside why)

(* That a statement is wrong at a point of its domain; for bounds and pairs of networks, in one output. *)
let refuted c point =
  let d = size c.domain and half_spaces = half_spaces c.domain and place = List.map Reader.q_of point in
  if not (Kernel.contains half_spaces place) then raise (Wrong "the point does not lie in the domain");
  let takes net =
    let value = Enumerations.value_at net point in
    demand "a network that is none" (Kernel.start_takes d net place (Reader.q_of value))
      (fun emit -> ignore (Enumerations.takes net point emit : Q.t));
    Reader.q_of value in
  match c.statement with
  | Iterate { problem; n; net } ->
    if c.domain.hull <> [] then outside "V^n g on the hull of some points";
    let known = known_of problem.Reader.seed and problem = Reader.written_out problem n in
    let program = Enumerations.compared problem net known in
    let x, y = List.hd point, Option.value (List.nth_opt point 1) ~default:Q.zero in
    let difference = Q.add (Enumerations.value_at net point) (Enumerations.translates_at (program ignore) (x, y)) in
    if Q.sign difference = 0 then raise (Wrong "there the network and V^n g do not differ");
    demand no_function (Kernel.start_differs problem net place (Reader.q_of difference) known.Seeds.coords known.Seeds.met)
      (fun emit -> Elaborate.point (program emit) d (x, y))
  | Within { one; other; epsilon } ->
    let epsilon = Reader.q_of (Option.value epsilon ~default:Q.zero) and found = ref false in
    each_pair c.domain one other (fun one other ->
        if not !found then found := Kernel.further half_spaces place (takes one) (takes other) epsilon);
    if not !found then raise (Wrong "there the values do not differ by more than is claimed")
  | Bound { net; bounds } ->
    let found = ref false in
    List.iter2 (fun net (least, most) ->
        if not !found then begin
          let value = takes net in
          let larger = Kernel.larger half_spaces place and opposite = Kernel.qopp in
          let beyond test = Option.fold ~none:false ~some:(fun e -> test (Reader.q_of e.value)) in
          found := beyond (fun c -> larger value c) most || beyond (fun c -> larger (opposite value) (opposite c)) least
        end) (outputs c.domain net) bounds;
    if not !found then raise (Wrong "there the outputs lie within the bounds")
  | Every _ -> assert false

let format2 json =
  let c = Format2.certificate json in
  let words = Format2.in_words c.domain c.statement in
  (try match c.wrong_at with None -> proved c | Some point -> refuted c point
   with Seeds.Jump -> raise (Wrong "two simplices of the seed give different values where they meet"));
  match c.statement, c.wrong_at with
  | Every { sized = true; _ }, _ -> outside (Printf.sprintf "the width and the depth that are claimed (what is proved is: %s)" words)
  | _, Some point -> Printf.sprintf "at the point (%s) it is wrong that %s" (Format2.tuple point) words
  | _ -> words

let check path =
  let json = Json.parse (read path) in
  let words = match json with
    | Json.Object l when List.assoc_opt "format" l = Some (Json.Text "exactrelu-certificate/2") -> format2 json
    | _ -> format1 json in
  Printf.printf "valid: %s (%d steps)\n" words !steps

(* Functions that go through lists call themselves as often as these are long, so the program wants all of the stack that
   the system allows: it lets a shell set that limit, and start it once more. *)
let started = "EXACTRELU_CHECK_STARTED"
let with_stack () =
  if Sys.getenv_opt started = None then begin
    Unix.putenv started "yes";
    let words = [| "sh"; "-c"; "ulimit -S -s $(ulimit -H -s); exec \"$0\" \"$@\""; Sys.executable_name |] in
    try Unix.execv "/bin/sh" (Array.append words (Array.sub Sys.argv 1 (Array.length Sys.argv - 1)))
    with Unix.Unix_error _ -> ()
  end

let () =
  with_stack ();
  Gc.set { (Gc.get ()) with Gc.minor_heap_size = 1 lsl 20; space_overhead = 200 };
  let complain code word what = Printf.eprintf "exactrelu-check: %s: %s\n" word what; exit code in
  match Array.to_list Sys.argv with
  | [_; path] ->
    (try check path with
     | Wrong why | Elaborate.Stuck why -> Printf.printf "invalid: %s\n" why; exit 1
     | Json.Unreadable why -> complain 2 "cannot be read" why
     | Reader.Outside what -> complain 3 "outside the verified kernel" what
     | Sys_error why -> complain 2 "cannot be read" why
     | Stack_overflow | Out_of_memory -> complain 3 "undecided" "out of memory")
  | _ -> complain 2 "usage" "exactrelu-check CERTIFICATE"
