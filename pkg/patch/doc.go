// Package patch chooses the values that place a chart's workloads, and proves the choice by rendering.
// It must not load charts, read files or print: it is given a renderer and returns a report and an overlay.
package patch
