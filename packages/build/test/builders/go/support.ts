import { tempDir, type Files } from '../../support/temp-project.ts';

/** A module with what modules have: packages of its own, embedded files, a version that the linker sets. */
export const HELLO: Files = {
  'go.mod': 'module example.com/hello/v2\n\ngo 1.18\n',
  'cmd/hello/main.go': `package main

import (
	"fmt"
	"runtime"

	"example.com/hello/v2/internal/greet"
)

var version = "unset"

func main() { fmt.Println(greet.Text(), version, runtime.GOOS, runtime.GOARCH) }
`,
  'internal/greet/greet.go': `package greet

import _ "embed"

//go:embed greeting.txt
var text string

func Text() string { return text }
`,
  'internal/greet/greeting.txt': 'good day',
  'README.md': '# hello\n',
};

/** The module in a folder of its own, with these files in the place of its own. */
export function helloModule(change: Files = {}): string {
  return tempDir({ ...HELLO, ...change });
}
