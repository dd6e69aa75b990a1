// Package knob finds which values path steers which placement field of which workload, by rendering with sentinels.
// It must not decide what to set: that is package patch.
package knob
