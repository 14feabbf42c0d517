(* JSON, strictly: UTF-8 without a byte order mark, no floats, no key twice, nested at most so deep. Believed. *)

type t = Object of (string * t) list | Array of t list | Text of string | Integer of Z.t | Bool of bool | Null

exception Unreadable of string

let deepest = 100
let longest_numeral = 100_000

let fail place what = raise (Unreadable (Printf.sprintf "%s at byte %d" what place))

let check_utf8 s =
  let n = String.length s in
  let byte i = if i < n then Char.code s.[i] else 0 in
  let continues i = byte i land 0xC0 = 0x80 in
  let rec go i =
    if i < n then begin
      let b = byte i in
      if b < 0x80 then go (i + 1)
      else if b >= 0xC2 && b < 0xE0 && continues (i + 1) then go (i + 2)
      else if b >= 0xE0 && b < 0xF0 && continues (i + 1) && continues (i + 2)
           && not (b = 0xE0 && byte (i + 1) < 0xA0) && not (b = 0xED && byte (i + 1) >= 0xA0) then go (i + 3)
      else if b >= 0xF0 && b < 0xF5 && continues (i + 1) && continues (i + 2) && continues (i + 3)
           && not (b = 0xF0 && byte (i + 1) < 0x90) && not (b = 0xF4 && byte (i + 1) >= 0x90) then go (i + 4)
      else fail i "not UTF-8"
    end in
  go 0

let parse s =
  check_utf8 s;
  let n = String.length s in
  let pos = ref 0 in
  let peek () = if !pos < n then s.[!pos] else '\000' in
  let rec blank () = match peek () with ' ' | '\t' | '\n' | '\r' -> incr pos; blank () | _ -> () in
  let expect c = if !pos < n && s.[!pos] = c then incr pos else fail !pos (Printf.sprintf "expected '%c'" c) in
  let word w value =
    let l = String.length w in
    if !pos + l <= n && String.sub s !pos l = w then (pos := !pos + l; value) else fail !pos "not JSON" in
  let hex4 () =
    if !pos + 4 > n then fail !pos "a \\u without four digits";
    let digit c = match c with
      | '0' .. '9' -> Char.code c - 48 | 'a' .. 'f' -> Char.code c - 87 | 'A' .. 'F' -> Char.code c - 55
      | _ -> fail !pos "a \\u without four digits" in
    let v = List.fold_left (fun v i -> 16 * v + digit s.[!pos + i]) 0 [0; 1; 2; 3] in
    pos := !pos + 4; v in
  let text () =
    expect '"';
    let b = Buffer.create 16 in
    let unicode () =
      let v = hex4 () in
      if v >= 0xDC00 && v < 0xE000 then fail !pos "half of a surrogate pair"
      else if v >= 0xD800 && v < 0xDC00 then begin
        expect '\\'; expect 'u';
        let w = hex4 () in
        if w < 0xDC00 || w >= 0xE000 then fail !pos "half of a surrogate pair";
        Buffer.add_utf_8_uchar b (Uchar.of_int (0x10000 + ((v - 0xD800) lsl 10) + (w - 0xDC00)))
      end else Buffer.add_utf_8_uchar b (Uchar.of_int v) in
    let rec go () =
      if !pos >= n then fail !pos "a text without end";
      let c = s.[!pos] in
      incr pos;
      match c with
      | '"' -> Buffer.contents b
      | '\\' ->
        let e = peek () in
        incr pos;
        (match e with
         | '"' | '\\' | '/' -> Buffer.add_char b e
         | 'b' -> Buffer.add_char b '\b' | 'f' -> Buffer.add_char b '\012' | 'n' -> Buffer.add_char b '\n'
         | 'r' -> Buffer.add_char b '\r' | 't' -> Buffer.add_char b '\t'
         | 'u' -> unicode ()
         | _ -> fail !pos "an unknown escape");
        go ()
      | c when Char.code c < 32 -> fail !pos "a control character in a text"
      | c -> Buffer.add_char b c; go () in
    go () in
  let numeral () =
    let start = !pos in
    if peek () = '-' then incr pos;
    let first = !pos in
    while (match peek () with '0' .. '9' -> true | _ -> false) do incr pos done;
    if !pos = first || (s.[first] = '0' && !pos > first + 1) then fail start "not JSON";
    (match peek () with '.' | 'e' | 'E' -> fail start "a JSON float" | _ -> ());
    if !pos - start > longest_numeral then fail start "too long a numeral";
    Integer (Z.of_string (String.sub s start (!pos - start))) in
  let rec value depth =
    if depth > deepest then fail !pos "nested too deeply";
    blank ();
    match peek () with
    | '{' -> incr pos; blank ();
      if peek () = '}' then (incr pos; Object []) else members depth []
    | '[' -> incr pos; blank ();
      if peek () = ']' then (incr pos; Array []) else entries depth []
    | '"' -> Text (text ())
    | '-' | '0' .. '9' -> numeral ()
    | 't' -> word "true" (Bool true) | 'f' -> word "false" (Bool false) | 'n' -> word "null" Null
    | _ -> fail !pos "not JSON"
  and members depth found =
    blank ();
    let key = text () in
    blank (); expect ':';
    let v = value (depth + 1) in
    blank ();
    let found = (key, v) :: found in
    match peek () with
    | ',' -> incr pos; members depth found
    | '}' -> incr pos;
      let sorted = List.sort compare (List.map fst found) in
      let rec twice = function a :: (b :: _ as rest) -> if a = b then fail !pos (Printf.sprintf "the key %S twice" a)
          else twice rest | _ -> () in
      twice sorted;
      Object (List.rev found)
    | _ -> fail !pos "expected ',' or '}'"
  and entries depth found =
    let found = value (depth + 1) :: found in
    blank ();
    match peek () with
    | ',' -> incr pos; entries depth found
    | ']' -> incr pos; Array (List.rev found)
    | _ -> fail !pos "expected ',' or ']'" in
  let v = value 0 in
  blank ();
  if !pos < n then fail !pos "more after the end";
  v
