(* Weights >= 0 with which facts add up to a form, but for a constant >= 0: by trying up to three of them. Not believed. *)

open Form

let det3 (a, b, c) (d, e, f) (g, h, i) =
  let open Q in
  add (sub (mul a (sub (mul e i) (mul f h))) (mul b (sub (mul d i) (mul f g)))) (mul c (sub (mul d h) (mul e g)))

let vector f = (f.a, f.b, f.c)

let solved f gs =
  let (fa, fb, fc) = vector f in
  let enough rest = Q.sign rest >= 0 in
  match List.map vector gs with
  | [] -> if Q.sign fa = 0 && Q.sign fb = 0 && enough fc then Some [] else None
  | [ (a, b, c) ] ->
    let l = if Q.sign a <> 0 then Some (Q.div fa a) else if Q.sign b <> 0 then Some (Q.div fb b) else None in
    (match l with
     | Some l when Q.sign l >= 0 && Q.equal fa (Q.mul l a) && Q.equal fb (Q.mul l b) && enough (Q.sub fc (Q.mul l c)) ->
       Some [l]
     | _ -> None)
  | [ (a, b, c); (d, e, g) ] ->
    let det = Q.sub (Q.mul a e) (Q.mul b d) in
    if Q.sign det = 0 then None else
      let l = Q.div (Q.sub (Q.mul fa e) (Q.mul fb d)) det and m = Q.div (Q.sub (Q.mul a fb) (Q.mul b fa)) det in
      if Q.sign l >= 0 && Q.sign m >= 0 && enough (Q.sub fc (Q.add (Q.mul l c) (Q.mul m g))) then Some [l; m] else None
  | [ u; v; w ] ->
    let d = det3 u v w in
    if Q.sign d = 0 then None else
      let f = vector f in
      let l = [Q.div (det3 f v w) d; Q.div (det3 u f w) d; Q.div (det3 u v f) d] in
      if List.for_all (fun x -> Q.sign x >= 0) l then Some l else None
  | _ -> None

let weights facts f =
  let rec subsets size = function
    | _ when size = 0 -> [[]]
    | [] -> []
    | x :: rest -> List.map (fun s -> x :: s) (subsets (size - 1) rest) @ subsets size rest in
  let attempt chosen =
    Option.map (fun l -> List.filter (fun (_, w) -> Q.sign w <> 0) (List.map2 (fun (i, _) w -> (i, w)) chosen l))
      (solved f (List.map snd chosen)) in
  List.find_map (fun size -> List.find_map attempt (subsets size facts)) [0; 1; 2; 3]
