(* The integers of the extracted kernel, under a name that does not clash with Coq's module Z. *)
include Z
