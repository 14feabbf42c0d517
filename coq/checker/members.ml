(* That the network of a file is the one that a family is for n: unit by unit. Not believed: the kernel checks the steps.

   Each node has a form in x, y and units. A unit whose argument is a multiple of that of an earlier one is a multiple of
   it, one whose argument is constant is constant, and all others stand for themselves. *)

open Form

let z = Z.of_int
let q = Reader.q_of
let number = Z.to_int
let rational (x : Kernel.q) = Q.make x.Kernel.qnum x.Kernel.qden

(* The first coefficient of a form that is not constant. *)
let leading f =
  if Q.sign f.a <> 0 then f.a else if Q.sign f.b <> 0 then f.b else snd (Keys.min_binding f.keys)

let written f =
  let b = Buffer.create 100 in
  let put w = Buffer.add_string b (Q.to_string w); Buffer.add_char b ' ' in
  List.iter put [f.c; f.a; f.b];
  Keys.iter (fun k w -> Buffer.add_string b (string_of_int k); Buffer.add_char b ':'; put w) f.keys;
  Buffer.contents b

let answer (question : Kernel.question) emit =
  let last = match question.Kernel.q_frames with
    | [{ Kernel.aim = Kernel.Same (k, _) }] -> number k
    | _ -> assert false in
  let forms = Array.init (last + 1) (fun k -> if k < 3 then key (max k 1) else zero) in
  let units = Hashtbl.create 4096 in                      (* argument / its first coefficient -> unit, coefficient *)
  for k = 3 to last do
    forms.(k) <- (match Kernel.M.find (z k) question.Kernel.q_program with
        | Some (Kernel.Op (Kernel.Affine (l, c))) ->
          emit (Kernel.Aff (z k));
          List.fold_left (fun f (j, w) -> add_mul (rational w) forms.(number j) f) (const (rational c)) l
        | Some (Kernel.Op (Kernel.Relu j)) ->
          let e = forms.(number j) in
          if is_affine e && Q.sign e.a = 0 && Q.sign e.b = 0 then
            if Q.sign e.c >= 0 then (emit (Kernel.On (z k, [])); e) else (emit (Kernel.Off (z k, [])); zero)
          else begin
            let s = leading e in
            let name = written (scaled (Q.inv s) e) in
            match Hashtbl.find_opt units name with
            | None -> Hashtbl.add units name (k, s); key k
            | Some (j, t) ->
              let s = Q.div s t in
              emit (Kernel.Scale (z k, z j, q s));
              if Q.sign s >= 0 then scaled s (key j)
              else scaled (Q.neg s) (minus (key j) (scaled (Q.inv s) e))
          end
        | _ -> assert false)
  done;
  if equal forms.(last) zero then emit (Kernel.Done ([], []))
  else raise (Elaborate.Stuck "the network is not the one of the family")
