;; Products of matrices with vectors of four float32 numbers (SIMD). build.mjs assembles this file.
;;
;; `multiply` adds A B to C. A (m, k) has rows `lda` apart, which may overlap; C (m, n) has rows `ldc`
;; apart. B (k, n) is packed by packing.ts: panels of 8 columns, the last one filled with
;; zeros, each with its k rows one after the other. The places and widths that the page
;; gives are in floats; within this file they are in bytes.
;;
;; A block of C, four rows of one panel, is summed in registers. Where fewer rows are left, the last
;; one is computed again in place of those that lack; where C ends within a panel, the sums go to
;; the first 128 bytes of the memory, and those that C has are added from there.
(module
  (memory (export "memory") 1)

  ;; Add `rows` x `columns` sums, which begin at byte 0 and have 32 bytes for a row, to C.
  (func $add_part (param $c i32) (param $ldc i32) (param $rows i32) (param $columns i32)
    (local $sums i32) (local $to i32) (local $from i32) (local $end i32)
    (loop $next_row
      (local.set $to (local.get $c))
      (local.set $from (local.get $sums))
      (local.set $end (i32.add (local.get $sums) (i32.shl (local.get $columns) (i32.const 2))))
      (loop $next_column
        (f32.store (local.get $to)
          (f32.add (f32.load (local.get $to)) (f32.load (local.get $from))))
        (local.set $to (i32.add (local.get $to) (i32.const 4)))
        (local.set $from (i32.add (local.get $from) (i32.const 4)))
        (br_if $next_column (i32.lt_u (local.get $from) (local.get $end))))
      (local.set $sums (i32.add (local.get $sums) (i32.const 32)))
      (local.set $c (i32.add (local.get $c) (local.get $ldc)))
      (local.set $rows (i32.sub (local.get $rows) (i32.const 1)))
      (br_if $next_row (local.get $rows))))

  ;; Four rows of A, at $a0 to $a3, by a panel of 8 columns.
  (func $block_of_8
    (param $a0 i32) (param $a1 i32) (param $a2 i32) (param $a3 i32)
    (param $b i32) (param $c i32) (param $ldc i32)
    (param $rows i32) (param $columns i32) (param $k i32)
    (local $end i32) (local $x v128) (local $left v128) (local $right v128)
    (local $left0 v128) (local $left1 v128) (local $left2 v128) (local $left3 v128)
    (local $right0 v128) (local $right1 v128) (local $right2 v128) (local $right3 v128)
    (local.set $end (i32.add (local.get $a0) (i32.shl (local.get $k) (i32.const 2))))
    (loop $next
      (local.set $left (v128.load (local.get $b)))
      (local.set $right (v128.load offset=16 (local.get $b)))
      (local.set $x (v128.load32_splat (local.get $a0)))
      (local.set $left0 (f32x4.add (local.get $left0) (f32x4.mul (local.get $x) (local.get $left))))
      (local.set $right0 (f32x4.add (local.get $right0) (f32x4.mul (local.get $x) (local.get $right))))
      (local.set $x (v128.load32_splat (local.get $a1)))
      (local.set $left1 (f32x4.add (local.get $left1) (f32x4.mul (local.get $x) (local.get $left))))
      (local.set $right1 (f32x4.add (local.get $right1) (f32x4.mul (local.get $x) (local.get $right))))
      (local.set $x (v128.load32_splat (local.get $a2)))
      (local.set $left2 (f32x4.add (local.get $left2) (f32x4.mul (local.get $x) (local.get $left))))
      (local.set $right2 (f32x4.add (local.get $right2) (f32x4.mul (local.get $x) (local.get $right))))
      (local.set $x (v128.load32_splat (local.get $a3)))
      (local.set $left3 (f32x4.add (local.get $left3) (f32x4.mul (local.get $x) (local.get $left))))
      (local.set $right3 (f32x4.add (local.get $right3) (f32x4.mul (local.get $x) (local.get $right))))
      (local.set $b (i32.add (local.get $b) (i32.const 32)))
      (local.set $a1 (i32.add (local.get $a1) (i32.const 4)))
      (local.set $a2 (i32.add (local.get $a2) (i32.const 4)))
      (local.set $a3 (i32.add (local.get $a3) (i32.const 4)))
      (local.set $a0 (i32.add (local.get $a0) (i32.const 4)))
      (br_if $next (i32.lt_u (local.get $a0) (local.get $end))))
    (if (i32.and (i32.eq (local.get $rows) (i32.const 4)) (i32.ge_u (local.get $columns) (i32.const 8)))
      (then
        (call $add_8 (local.get $c) (local.get $left0) (local.get $right0))
        (local.set $c (i32.add (local.get $c) (local.get $ldc)))
        (call $add_8 (local.get $c) (local.get $left1) (local.get $right1))
        (local.set $c (i32.add (local.get $c) (local.get $ldc)))
        (call $add_8 (local.get $c) (local.get $left2) (local.get $right2))
        (local.set $c (i32.add (local.get $c) (local.get $ldc)))
        (call $add_8 (local.get $c) (local.get $left3) (local.get $right3)))
      (else
        (v128.store offset=0 (i32.const 0) (local.get $left0))
        (v128.store offset=16 (i32.const 0) (local.get $right0))
        (v128.store offset=32 (i32.const 0) (local.get $left1))
        (v128.store offset=48 (i32.const 0) (local.get $right1))
        (v128.store offset=64 (i32.const 0) (local.get $left2))
        (v128.store offset=80 (i32.const 0) (local.get $right2))
        (v128.store offset=96 (i32.const 0) (local.get $left3))
        (v128.store offset=112 (i32.const 0) (local.get $right3))
        (call $add_part (local.get $c) (local.get $ldc) (local.get $rows) (local.get $columns)))))

  ;; Add two vectors to 8 numbers.
  (func $add_8 (param $c i32) (param $left v128) (param $right v128)
    (v128.store (local.get $c) (f32x4.add (v128.load (local.get $c)) (local.get $left)))
    (v128.store offset=16 (local.get $c)
      (f32x4.add (v128.load offset=16 (local.get $c)) (local.get $right))))

  ;; One row of A by a panel of 8 columns. Even and odd rows of B have sums of their own, as an
  ;; addition waits for the one before it.
  (func $row_of_8 (param $a i32) (param $b i32) (param $c i32) (param $columns i32) (param $k i32)
    (local $end i32) (local $x v128) (local $left0 v128) (local $right0 v128) (local $left1 v128)
    (local $right1 v128)
    (local.set $end (i32.add (local.get $a) (i32.shl (i32.and (local.get $k) (i32.const -2)) (i32.const 2))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $a) (local.get $end)))
        (local.set $x (v128.load32_splat (local.get $a)))
        (local.set $left0
          (f32x4.add (local.get $left0) (f32x4.mul (local.get $x) (v128.load (local.get $b)))))
        (local.set $right0
          (f32x4.add (local.get $right0) (f32x4.mul (local.get $x) (v128.load offset=16 (local.get $b)))))
        (local.set $x (v128.load32_splat offset=4 (local.get $a)))
        (local.set $left1
          (f32x4.add (local.get $left1) (f32x4.mul (local.get $x) (v128.load offset=32 (local.get $b)))))
        (local.set $right1
          (f32x4.add (local.get $right1) (f32x4.mul (local.get $x) (v128.load offset=48 (local.get $b)))))
        (local.set $b (i32.add (local.get $b) (i32.const 64)))
        (local.set $a (i32.add (local.get $a) (i32.const 8)))
        (br $next)))
    (if (i32.and (local.get $k) (i32.const 1))
      (then
        (local.set $x (v128.load32_splat (local.get $a)))
        (local.set $left0
          (f32x4.add (local.get $left0) (f32x4.mul (local.get $x) (v128.load (local.get $b)))))
        (local.set $right0
          (f32x4.add (local.get $right0) (f32x4.mul (local.get $x) (v128.load offset=16 (local.get $b)))))))
    (local.set $left0 (f32x4.add (local.get $left0) (local.get $left1)))
    (local.set $right0 (f32x4.add (local.get $right0) (local.get $right1)))
    (if (i32.ge_u (local.get $columns) (i32.const 8))
      (then (call $add_8 (local.get $c) (local.get $left0) (local.get $right0)))
      (else
        (v128.store (i32.const 0) (local.get $left0))
        (v128.store offset=16 (i32.const 0) (local.get $right0))
        (call $add_part (local.get $c) (i32.const 0) (i32.const 1) (local.get $columns)))))

  (func (export "multiply")
    (param $a i32) (param $lda i32) (param $b i32) (param $c i32) (param $ldc i32)
    (param $m i32) (param $n i32) (param $k i32)
    (local $columns i32) (local $left i32) (local $rows i32) (local $to i32)
    (local $a0 i32) (local $a1 i32) (local $a2 i32) (local $a3 i32)
    (local.set $a (i32.shl (local.get $a) (i32.const 2)))
    (local.set $lda (i32.shl (local.get $lda) (i32.const 2)))
    (local.set $b (i32.shl (local.get $b) (i32.const 2)))
    (local.set $c (i32.shl (local.get $c) (i32.const 2)))
    (local.set $ldc (i32.shl (local.get $ldc) (i32.const 2)))
    (loop $next_panel
      (local.set $columns
        (select (i32.const 8) (local.get $n) (i32.gt_u (local.get $n) (i32.const 8))))
      (local.set $left (local.get $m))
      (local.set $a0 (local.get $a))
      (local.set $to (local.get $c))
      (loop $next_block
        (local.set $rows
          (select (i32.const 4) (local.get $left) (i32.gt_u (local.get $left) (i32.const 4))))
        (if (i32.eq (local.get $rows) (i32.const 1))
          (then
            (call $row_of_8
              (local.get $a0) (local.get $b) (local.get $to) (local.get $columns) (local.get $k)))
          (else
            (local.set $a1 (i32.add (local.get $a0)
              (select (local.get $lda) (i32.const 0) (i32.gt_u (local.get $rows) (i32.const 1)))))
            (local.set $a2 (i32.add (local.get $a1)
              (select (local.get $lda) (i32.const 0) (i32.gt_u (local.get $rows) (i32.const 2)))))
            (local.set $a3 (i32.add (local.get $a2)
              (select (local.get $lda) (i32.const 0) (i32.gt_u (local.get $rows) (i32.const 3)))))
            (call $block_of_8
              (local.get $a0) (local.get $a1) (local.get $a2) (local.get $a3)
              (local.get $b) (local.get $to) (local.get $ldc)
              (local.get $rows) (local.get $columns) (local.get $k))))
        (local.set $a0 (i32.add (local.get $a3) (local.get $lda)))
        (local.set $to (i32.add (local.get $to) (i32.shl (local.get $ldc) (i32.const 2))))
        (local.set $left (i32.sub (local.get $left) (local.get $rows)))
        (br_if $next_block (local.get $left)))
      (local.set $b
        (i32.add (local.get $b)
          (i32.shl (local.get $k) (i32.const 5))))
      (local.set $c (i32.add (local.get $c) (i32.const 32)))
      (local.set $n (i32.sub (local.get $n) (local.get $columns)))
      (br_if $next_panel (local.get $n))))

  ;; Replace negative numbers by 0 in $n numbers from $at on, rounded up to vectors.
  (func (export "relu") (param $at i32) (param $n i32)
    (local $end i32)
    (local.set $at (i32.shl (local.get $at) (i32.const 2)))
    (local.set $end (i32.add (local.get $at) (i32.shl (local.get $n) (i32.const 2))))
    (loop $next
      (v128.store (local.get $at)
        (f32x4.max (v128.load (local.get $at)) (f32x4.splat (f32.const 0))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end))))))
