package main

import (
	"fmt"
	"net"
	"net/http"
	"os"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(listener.Addr().String())
	server := gofakes3.New(s3mem.New(), gofakes3.WithIntegrityCheck(true))
	if err := http.Serve(listener, server.Server()); err != nil {
		os.Exit(1)
	}
}
