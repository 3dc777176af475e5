;; 4-bit codes of one block each of many output channels; see int4-blocks.ts for what is computed and why.
;; Four channels go side by side through the lanes of SIMD registers, in float32 throughout: WebAssembly
;; rounds the same everywhere, so that every machine gives the same codes.
;;
;; `scripts/write-int4-wasm.ts` makes int4-blocks-wasm.ts of this file.
(module
  (memory (export "memory") 1)

  (func (export "quantize")
    (param $source i32)         ;; the weight of channel 0 at the start of the block
    (param $channelStride i32)  ;; bytes from a channel to the next
    (param $rowStride i32)      ;; bytes from a weight of a channel to the next
    (param $channels i32)       ;; up to three more are read and written
    (param $count i32)          ;; weights in the block
    (param $block i32)          ;; size of the block, a multiple of 8: the rest is filled up
    (param $asymmetric i32)
    (param $negativeScales i32)
    (param $one f32)            ;; ends that are tried; shares of the range when asymmetric
    (param $other f32)
    (param $positiveOne f32)
    (param $positiveOther f32)
    (param $scratch i32)        ;; block * 16 bytes
    (param $packed i32)         ;; result: block / 2 bytes for each channel
    (param $scales i32)         ;; result: float32 for each channel
    (param $zeros i32)          ;; result: int32 for each channel

    (local $k i32) (local $at i32) (local $half i32) (local $to i32)
    (local $w v128) (local $q v128) (local $low v128) (local $high v128)
    (local $mask v128) (local $extreme v128) (local $fifteen v128)
    (local $inverse v128) (local $otherInverse v128)
    (local $zero v128) (local $otherZero v128)
    (local $lowest v128) (local $highest v128) (local $otherLowest v128) (local $otherHighest v128)
    (local $product v128) (local $square v128) (local $otherProduct v128) (local $otherSquare v128)
    (local $codes v128)

    (local.set $half (i32.shr_u (local.get $block) (i32.const 1)))
    (local.set $fifteen (f32x4.splat (f32.const 15)))

    (loop $group
      ;; The block of four channels, weight by weight, and its smallest and largest; 0 is always among them.
      (local.set $low (v128.const f32x4 0 0 0 0))
      (local.set $high (v128.const f32x4 0 0 0 0))
      (local.set $k (i32.const 0))
      (local.set $at (local.get $source))
      (loop $load
        (if (i32.eq (local.get $channelStride) (i32.const 4))
          (then (local.set $w (v128.load (local.get $at))))
          (else
            (local.set $w (v128.load32_zero (local.get $at)))
            (local.set $to (i32.add (local.get $at) (local.get $channelStride)))
            (local.set $w (v128.load32_lane 1 (local.get $to) (local.get $w)))
            (local.set $to (i32.add (local.get $to) (local.get $channelStride)))
            (local.set $w (v128.load32_lane 2 (local.get $to) (local.get $w)))
            (local.set $to (i32.add (local.get $to) (local.get $channelStride)))
            (local.set $w (v128.load32_lane 3 (local.get $to) (local.get $w)))))
        (v128.store
          (i32.add (local.get $scratch) (i32.shl (local.get $k) (i32.const 4)))
          (local.get $w))
        (local.set $low (f32x4.pmin (local.get $low) (local.get $w)))
        (local.set $high (f32x4.pmax (local.get $high) (local.get $w)))
        (local.set $at (i32.add (local.get $at) (local.get $rowStride)))
        (local.set $k (i32.add (local.get $k) (i32.const 1)))
        (br_if $load (i32.lt_u (local.get $k) (local.get $count))))
      (if (i32.lt_u (local.get $k) (local.get $block))
        (then
          (loop $fill
            (v128.store
              (i32.add (local.get $scratch) (i32.shl (local.get $k) (i32.const 4)))
              (v128.const f32x4 0 0 0 0))
            (local.set $k (i32.add (local.get $k) (i32.const 1)))
            (br_if $fill (i32.lt_u (local.get $k) (local.get $block))))))

      ;; Two inverse scales, each with its zero point.
      (if (local.get $asymmetric)
        (then
          (local.set $extreme (f32x4.sub (local.get $high) (local.get $low)))
          (local.set $inverse
            (f32x4.div (local.get $fifteen)
              (f32x4.mul (local.get $extreme) (f32x4.splat (local.get $one)))))
          (local.set $otherInverse
            (f32x4.div (local.get $fifteen)
              (f32x4.mul (local.get $extreme) (f32x4.splat (local.get $other)))))
          ;; pmax and pmin in this order make 0 of no number.
          (local.set $zero
            (f32x4.pmin (local.get $fifteen)
              (f32x4.pmax (v128.const f32x4 0 0 0 0)
                (f32x4.nearest
                  (f32x4.mul
                    (f32x4.neg (f32x4.mul (local.get $low) (f32x4.splat (local.get $one))))
                    (local.get $inverse))))))
          (local.set $otherZero
            (f32x4.pmin (local.get $fifteen)
              (f32x4.pmax (v128.const f32x4 0 0 0 0)
                (f32x4.nearest
                  (f32x4.mul
                    (f32x4.neg (f32x4.mul (local.get $low) (f32x4.splat (local.get $other))))
                    (local.get $otherInverse)))))))
        (else
          ;; The larger end, and whether it may be at -8.
          (local.set $mask (f32x4.ge (f32x4.neg (local.get $low)) (local.get $high)))
          (local.set $extreme
            (v128.bitselect (local.get $low) (local.get $high) (local.get $mask)))
          (local.set $mask
            (v128.or (local.get $mask)
              (i32x4.splat (i32.sub (i32.const 0) (local.get $negativeScales)))))
          (local.set $inverse
            (f32x4.div
              (v128.bitselect
                (f32x4.splat (f32.neg (local.get $one)))
                (f32x4.splat (local.get $positiveOne))
                (local.get $mask))
              (local.get $extreme)))
          (local.set $otherInverse
            (f32x4.div
              (v128.bitselect
                (f32x4.splat (f32.neg (local.get $other)))
                (f32x4.splat (local.get $positiveOther))
                (local.get $mask))
              (local.get $extreme)))
          (local.set $zero (f32x4.splat (f32.const 8)))
          (local.set $otherZero (local.get $zero))))
      ;; No scale for blocks of zeros, of sizes next to nothing (2^-120), or with what is not finite.
      (local.set $extreme
        (f32x4.pmax (f32x4.neg (local.get $low)) (local.get $high)))
      (local.set $mask
        (v128.and
          (f32x4.ge (local.get $extreme) (f32x4.splat (f32.const 0x1p-120)))
          (f32x4.lt (local.get $extreme) (f32x4.splat (f32.const inf)))))
      (local.set $inverse (v128.and (local.get $inverse) (local.get $mask)))
      (local.set $otherInverse (v128.and (local.get $otherInverse) (local.get $mask)))

      (local.set $lowest (f32x4.neg (local.get $zero)))
      (local.set $highest (f32x4.sub (local.get $fifteen) (local.get $zero)))
      (local.set $otherLowest (f32x4.neg (local.get $otherZero)))
      (local.set $otherHighest (f32x4.sub (local.get $fifteen) (local.get $otherZero)))

      ;; What the codes of each explain.
      (local.set $product (v128.const f32x4 0 0 0 0))
      (local.set $square (v128.const f32x4 0 0 0 0))
      (local.set $otherProduct (v128.const f32x4 0 0 0 0))
      (local.set $otherSquare (v128.const f32x4 0 0 0 0))
      (local.set $k (i32.const 0))
      (loop $try
        (local.set $w
          (v128.load (i32.add (local.get $scratch) (i32.shl (local.get $k) (i32.const 4)))))
        (local.set $q
          (f32x4.pmin (local.get $highest)
            (f32x4.pmax (local.get $lowest)
              (f32x4.nearest (f32x4.mul (local.get $w) (local.get $inverse))))))
        (local.set $product
          (f32x4.add (local.get $product) (f32x4.mul (local.get $w) (local.get $q))))
        (local.set $square
          (f32x4.add (local.get $square) (f32x4.mul (local.get $q) (local.get $q))))
        (local.set $q
          (f32x4.pmin (local.get $otherHighest)
            (f32x4.pmax (local.get $otherLowest)
              (f32x4.nearest (f32x4.mul (local.get $w) (local.get $otherInverse))))))
        (local.set $otherProduct
          (f32x4.add (local.get $otherProduct) (f32x4.mul (local.get $w) (local.get $q))))
        (local.set $otherSquare
          (f32x4.add (local.get $otherSquare) (f32x4.mul (local.get $q) (local.get $q))))
        (local.set $k (i32.add (local.get $k) (i32.const 1)))
        (br_if $try (i32.lt_u (local.get $k) (local.get $block))))
      (local.set $mask
        (f32x4.gt
          (f32x4.div
            (f32x4.mul (local.get $otherProduct) (local.get $otherProduct))
            (local.get $otherSquare))
          (f32x4.div
            (f32x4.mul (local.get $product) (local.get $product))
            (local.get $square))))
      (local.set $inverse
        (v128.bitselect (local.get $otherInverse) (local.get $inverse) (local.get $mask)))
      (local.set $zero
        (v128.bitselect (local.get $otherZero) (local.get $zero) (local.get $mask)))
      (local.set $lowest (f32x4.neg (local.get $zero)))
      (local.set $highest (f32x4.sub (local.get $fifteen) (local.get $zero)))

      ;; The codes of the better one, eight to a word, and the best scale for them.
      (local.set $product (v128.const f32x4 0 0 0 0))
      (local.set $square (v128.const f32x4 0 0 0 0))
      (local.set $codes (v128.const i32x4 0 0 0 0))
      (local.set $k (i32.const 0))
      (loop $round
        (local.set $w
          (v128.load (i32.add (local.get $scratch) (i32.shl (local.get $k) (i32.const 4)))))
        (local.set $q
          (f32x4.pmin (local.get $highest)
            (f32x4.pmax (local.get $lowest)
              (f32x4.nearest (f32x4.mul (local.get $w) (local.get $inverse))))))
        (local.set $product
          (f32x4.add (local.get $product) (f32x4.mul (local.get $w) (local.get $q))))
        (local.set $square
          (f32x4.add (local.get $square) (f32x4.mul (local.get $q) (local.get $q))))
        (local.set $codes
          (v128.or (local.get $codes)
            (i32x4.shl
              (i32x4.trunc_sat_f32x4_u (f32x4.add (local.get $q) (local.get $zero)))
              (i32.shl (i32.and (local.get $k) (i32.const 7)) (i32.const 2)))))
        (local.set $k (i32.add (local.get $k) (i32.const 1)))
        (if (i32.eqz (i32.and (local.get $k) (i32.const 7)))
          (then
            (local.set $to
              (i32.sub
                (i32.add (local.get $packed) (i32.shr_u (local.get $k) (i32.const 1)))
                (i32.const 4)))
            (v128.store32_lane 0 (local.get $to) (local.get $codes))
            (local.set $to (i32.add (local.get $to) (local.get $half)))
            (v128.store32_lane 1 (local.get $to) (local.get $codes))
            (local.set $to (i32.add (local.get $to) (local.get $half)))
            (v128.store32_lane 2 (local.get $to) (local.get $codes))
            (local.set $to (i32.add (local.get $to) (local.get $half)))
            (v128.store32_lane 3 (local.get $to) (local.get $codes))
            (local.set $codes (v128.const i32x4 0 0 0 0))))
        (br_if $round (i32.lt_u (local.get $k) (local.get $block))))
      (local.set $q (f32x4.div (local.get $product) (local.get $square)))
      (local.set $w (f32x4.abs (local.get $q)))
      (local.set $mask
        (v128.and
          (f32x4.ge (local.get $w) (f32x4.splat (f32.const 0x1p-126)))
          (f32x4.lt (local.get $w) (f32x4.splat (f32.const inf)))))
      (v128.store (local.get $scales)
        (v128.bitselect (local.get $q) (f32x4.splat (f32.const 1)) (local.get $mask)))
      (v128.store (local.get $zeros) (i32x4.trunc_sat_f32x4_u (local.get $zero)))

      (local.set $source
        (i32.add (local.get $source) (i32.shl (local.get $channelStride) (i32.const 2))))
      (local.set $packed (i32.add (local.get $packed) (i32.shl (local.get $half) (i32.const 2))))
      (local.set $scales (i32.add (local.get $scales) (i32.const 16)))
      (local.set $zeros (i32.add (local.get $zeros) (i32.const 16)))
      (local.set $channels (i32.sub (local.get $channels) (i32.const 4)))
      (br_if $group (i32.gt_s (local.get $channels) (i32.const 0))))))
