(* That the network of a file is the one that a family is for n: unit by unit. Not believed: the kernel checks the steps.

   Each node has a form in x, y and units. A unit whose argument is a multiple of that of an earlier one is a multiple of
   it, one whose argument is constant is constant, and all others stand for themselves. Of the affine nodes, the kernel is
   told to keep the forms of those alone that other affine nodes need. *)

open Form

let z = Z.of_int
let q = Reader.q_of
let number = Z.to_int
let rational (x : Kernel.q) = Q.make x.Kernel.qnum x.Kernel.qden

(* The first coefficient of a form that is not constant. *)
let leading f =
  if Q.sign f.a <> 0 then f.a else if Q.sign f.b <> 0 then f.b else snd (Keys.min_binding f.keys)

module Table = Hashtbl.Make (struct
    type t = Form.t
    let equal = Form.equal
    let hash f =
      let with_number h (w : Q.t) = Hashtbl.hash (h, Z.hash w.Q.num, Z.hash w.Q.den) in
      Keys.fold (fun k w h -> with_number (Hashtbl.hash (h, k)) w) f.keys (List.fold_left with_number 0 [f.c; f.a; f.b])
  end)

(* The operations of a program from node 3 on, by their numbers. A number is the way to its place in the map, bit by bit
   from the lowest on, the highest left out. *)
let operations last program =
  let found = Array.make (last + 1) (Kernel.Relu Z.zero) in
  let rec visit number bit = function
    | Kernel.PositiveMap.Leaf -> ()
    | Kernel.PositiveMap.Node (even, here, odd) ->
      (match here with
       | Some (Kernel.Op o) when number + bit <= last -> found.(number + bit) <- o
       | _ -> ());
      visit number (2 * bit) even;
      visit (number + bit) (2 * bit) odd in
  visit 0 1 program;
  found

let answer (question : Kernel.question) emit =
  let last = match question.Kernel.q_frames with
    | [{ Kernel.aim = Kernel.Same (k, _) }] -> number k
    | _ -> assert false in
  let operations = operations last question.Kernel.q_program in
  let inner = Bytes.make (last + 1) 'n' in                (* 'y' for nodes whose form other affine nodes need *)
  Bytes.set inner last 'y';
  for k = 3 to last do
    match operations.(k) with
    | Kernel.Affine (l, _) -> List.iter (fun (j, _) -> Bytes.set inner (number j) 'y') l
    | Kernel.Relu _ -> ()
  done;
  let forms = Array.init (last + 1) (fun k -> if k < 3 then key (max k 1) else zero) in
  let expanded l c = List.fold_left (fun f (j, w) -> add_mul (rational w) forms.(number j) f) (const (rational c)) l in
  let argument j =
    if j < 3 || Bytes.get inner j = 'y' then forms.(j)
    else match operations.(j) with Kernel.Affine (l, c) -> expanded l c | Kernel.Relu _ -> forms.(j) in
  let units = Table.create (last / 4) in                  (* argument / its first coefficient -> unit, coefficient *)
  for k = 3 to last do
    match operations.(k) with
    | Kernel.Affine (l, c) ->
      if Bytes.get inner k = 'y' then begin
        emit (Kernel.Aff (z k));
        forms.(k) <- expanded l c
      end
    | Kernel.Relu j ->
      let e = argument (number j) in
      forms.(k) <-
        if is_affine e && Q.sign e.a = 0 && Q.sign e.b = 0 then
          if Q.sign e.c >= 0 then (emit (Kernel.On (z k, [])); e) else (emit (Kernel.Off (z k, [])); zero)
        else begin
          let s = leading e in
          let direction = scaled (Q.inv s) e in
          match Table.find_opt units direction with
          | None -> Table.add units direction (k, s); key k
          | Some (j, t) ->
            let s = Q.div s t in
            emit (Kernel.Scale (z k, z j, q s));
            if Q.sign s >= 0 then scaled s (key j) else scaled (Q.neg s) (minus (key j) (scaled (Q.inv s) e))
        end
  done;
  if equal forms.(last) zero then emit (Kernel.Done ([], []))
  else raise (Elaborate.Stuck "the network is not the one of the family")
