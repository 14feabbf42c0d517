(** The checker as an OCaml program, with the integers of Zarith.

    Each directive below is believed by whoever runs the extracted program (docs/trust.md); theorems checked by Coq
    itself do not depend on them. *)
From Coq Require Import QArith List FMapPositive Extraction ExtrOcamlBasic ExtrOcamlNatInt.
From ExactRelu Require Import Statement Kernel Programs Family Member Domains.
Extraction Language OCaml.

Extract Inductive positive => "Numbers.t"
  [ "(fun p -> Numbers.succ (Numbers.shift_left p 1))" "(fun p -> Numbers.shift_left p 1)" "Numbers.one" ]
  "(fun odd even one p -> if Numbers.equal p Numbers.one then one () else if Numbers.is_odd p then odd (Numbers.shift_right p 1) else even (Numbers.shift_right p 1))".
Extract Inductive Z => "Numbers.t" [ "Numbers.zero" "(fun p -> p)" "Numbers.neg" ]
  "(fun zero positive negative z -> let s = Numbers.sign z in if s = 0 then zero () else if s > 0 then positive z else negative (Numbers.neg z))".
Extract Constant Pos.succ => "Numbers.succ".
Extract Constant Pos.pred => "(fun p -> if Numbers.equal p Numbers.one then Numbers.one else Numbers.pred p)".
Extract Constant Pos.add => "Numbers.add".
Extract Constant Pos.sub => "(fun a b -> if Numbers.gt a b then Numbers.sub a b else Numbers.one)".
Extract Constant Pos.mul => "Numbers.mul".
Extract Constant Pos.eqb => "Numbers.equal".
Extract Constant Pos.ltb => "Numbers.lt".
Extract Constant Pos.leb => "Numbers.leq".
Extract Constant Pos.compare =>
  "(fun a b -> let c = Numbers.compare a b in if c = 0 then Eq else if c < 0 then Lt else Gt)".
Extract Constant Z.add => "Numbers.add".
Extract Constant Z.mul => "Numbers.mul".
Extract Constant Z.opp => "Numbers.neg".
Extract Constant Z.compare =>
  "(fun a b -> let c = Numbers.compare a b in if c = 0 then Eq else if c < 0 then Lt else Gt)".
Extract Constant Z.eqb => "Numbers.equal".
Extract Constant Z.ggcd =>
  "(fun a b -> let g = Numbers.gcd a b in if Numbers.equal g Numbers.zero then (g, (a, b)) else (g, (Numbers.divexact a g, Numbers.divexact b g)))".
Extraction Inline Z.to_pos.

Extraction "checker/kernel.ml" start_realizes start_differs start_near start_at_most answer iterate_form all_terms first after
  pull contains start_at_least start_takes further larger
  plane_problem member_questions every_questions.
