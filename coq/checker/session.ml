(* The stack of frames of a question; [emit] lets the kernel take one step. Believed. *)

exception Wrong of string

let session question =
  let stack = ref question.Kernel.q_frames in
  let steps = ref 0 in
  let emit step =
    incr steps;
    match Kernel.answer question step !stack with
    | Some rest -> stack := rest
    | None -> raise (Wrong (Printf.sprintf "step %d is not allowed" !steps)) in
  (stack, steps, emit)
