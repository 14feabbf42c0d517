(* Weights >= 0 with which facts add up to a form, but for a constant >= 0: by the simplex method. Not believed. *)

open Form
module Ids = Set.Make (Int)

let entry f k = match k with
  | 0 -> f.c | 1 -> f.a | 2 -> f.b
  | _ -> Option.value (Keys.find_opt k f.keys) ~default:Q.zero

let support f =
  let add k w s = if Q.sign w = 0 then s else Ids.add k s in
  add 1 f.a (add 2 f.b (Keys.fold (fun k _ s -> Ids.add k s) f.keys Ids.empty))

(* Phase one, from artificial variables (−1 in the basis); by the steepest column at first, then by Bland's rule. *)
let solve columns f =
  let columns = Array.of_list columns in
  let n = Array.length columns in
  let rows = Ids.elements (Array.fold_left (fun s (_, h) -> Ids.union s (support h)) (support f) columns) in
  let row k =
    let sign = if Q.sign (entry f k) < 0 then Q.minus_one else Q.one in
    Array.init (n + 2) (fun j ->
        Q.mul sign (if j < n then entry (snd columns.(j)) k
                    else if j = n then (if k = 0 then Q.one else Q.zero) else entry f k)) in
  let t = Array.of_list (List.map row (0 :: rows)) in
  let m = Array.length t in
  let basis = Array.make m (-1) in
  let cost = Array.init (n + 2) (fun j -> Array.fold_left (fun s r -> Q.add s r.(j)) Q.zero t) in
  let subtract row from factor =
    if Q.sign factor <> 0 then
      Array.iteri (fun j v -> if Q.sign v <> 0 then from.(j) <- Q.sub from.(j) (Q.mul factor v)) row in
  let rec go count =
    if Q.sign cost.(n + 1) = 0 then true
    else begin
      let enter = ref (-1) in
      for j = n downto 0 do
        if Q.sign cost.(j) > 0 && (!enter < 0 || count > 60 || Q.gt cost.(j) cost.(!enter)) then enter := j
      done;
      if !enter < 0 then false
      else begin
        let j = !enter and leave = ref (-1) and best = ref Q.zero in
        for i = 0 to m - 1 do
          if Q.sign t.(i).(j) > 0 then begin
            let r = Q.div t.(i).(n + 1) t.(i).(j) in
            if !leave < 0 || Q.lt r !best || (Q.equal r !best && basis.(i) < basis.(!leave)) then
              (leave := i; best := r)
          end
        done;
        if !leave < 0 then false
        else begin
          let i = !leave in
          let inverse = Q.inv t.(i).(j) in
          t.(i) <- Array.map (Q.mul inverse) t.(i);
          Array.iteri (fun k r -> if k <> i then subtract t.(i) r r.(j)) t;
          subtract t.(i) cost cost.(j);
          (* what an artificial variable that left would cost is not asked for: it does not come back *)
          basis.(i) <- j;
          go (count + 1)
        end
      end
    end in
  if not (go 0) then None
  else Some (List.concat (List.mapi (fun i j ->
      if j >= 0 && j < n && Q.sign t.(i).(n + 1) <> 0 then [(fst columns.(j), t.(i).(n + 1))] else [])
      (Array.to_list basis)))

(* [wide]: all facts that have to do with the form, in place of those that share a key with it. *)
let weights ~wide facts f =
  if is_affine f && Q.sign f.a = 0 && Q.sign f.b = 0 && Q.sign f.c >= 0 then Some []
  else
    let sharing keys = List.filter (fun (_, h) -> not (Ids.disjoint keys (support h))) facts in
    let rec closure keys =
      let found = sharing keys in
      let keys' = List.fold_left (fun s (_, h) -> Ids.union s (support h)) keys found in
      if wide && not (Ids.equal keys keys') then closure keys' else found in
    let own = support f in
    solve (if Ids.is_empty own then facts else closure own) f
