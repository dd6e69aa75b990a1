# The program alone, for GoReleaser, which puts those of all platforms beside this file.
FROM gcr.io/distroless/static-debian12:nonroot
ARG TARGETPLATFORM
COPY LICENSE /LICENSE
COPY $TARGETPLATFORM/kubectl-winready /kubectl-winready
ENTRYPOINT ["/kubectl-winready"]
