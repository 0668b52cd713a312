// MPI's macros as functions and its handles as structures, which Swift can import from every
// implementation. Each function returns MPI's own error code.
#ifndef RECURRENT_CMPI_SHIM_H
#define RECURRENT_CMPI_SHIM_H

#include <mpi.h>
#include <string.h>

#if defined(__has_feature) && __has_feature(nullability)
#pragma clang assume_nonnull begin
#endif

// Handles are values that any thread may pass to MPI, since it is started so.
#define CMPI_SENDABLE __attribute__((swift_attr("@Sendable")))

typedef struct CMPI_SENDABLE {
  MPI_Comm handle;
} CMPICommunicator;

typedef struct CMPI_SENDABLE {
  MPI_Request handle;
} CMPIRequest;

static const int cmpi_success = MPI_SUCCESS;

static inline CMPICommunicator cmpi_no_communicator(void) {
  const CMPICommunicator communicator = {MPI_COMM_NULL};
  return communicator;
}

static inline CMPIRequest cmpi_no_request(void) {
  const CMPIRequest request = {MPI_REQUEST_NULL};
  return request;
}

// Starts MPI; `allows_threads` tells whether any thread may call it.
static inline int cmpi_initialize(int *allows_threads) {
  int provided = 0;
  const int code = MPI_Init_thread(NULL, NULL, MPI_THREAD_MULTIPLE, &provided);
  *allows_threads = provided >= MPI_THREAD_MULTIPLE;
  return code;
}

static inline int cmpi_finalize(void) { return MPI_Finalize(); }

// A communicator of all processes that nobody else uses, whose errors are returned.
static inline int cmpi_communicator(CMPICommunicator *communicator) {
  const int code = MPI_Comm_dup(MPI_COMM_WORLD, &communicator->handle);
  if (code != MPI_SUCCESS) return code;
  return MPI_Comm_set_errhandler(communicator->handle, MPI_ERRORS_RETURN);
}

static inline int cmpi_rank(CMPICommunicator communicator) {
  int rank = 0;
  MPI_Comm_rank(communicator.handle, &rank);
  return rank;
}

static inline int cmpi_count(CMPICommunicator communicator) {
  int count = 0;
  MPI_Comm_size(communicator.handle, &count);
  return count;
}

static inline int cmpi_send(const void *_Nullable bytes, int count, int process, int tag,
                            CMPICommunicator communicator, CMPIRequest *request) {
  return MPI_Isend(bytes, count, MPI_BYTE, process, tag, communicator.handle, &request->handle);
}

static inline int cmpi_receive(void *_Nullable bytes, int count, int process, int tag,
                               CMPICommunicator communicator, CMPIRequest *request) {
  return MPI_Irecv(bytes, count, MPI_BYTE, process, tag, communicator.handle, &request->handle);
}

static inline int cmpi_test(CMPIRequest *request, int *is_finished) {
  return MPI_Test(&request->handle, is_finished, MPI_STATUS_IGNORE);
}

// Gives up a message that will not arrive.
static inline void cmpi_cancel(CMPIRequest *request) {
  MPI_Cancel(&request->handle);
  MPI_Request_free(&request->handle);
}

// What an error code means; `text` has room for `room` characters.
static inline void cmpi_describe(int code, char *text, int room) {
  char buffer[MPI_MAX_ERROR_STRING] = {0};
  int length = 0;
  MPI_Error_string(code, buffer, &length);
  strncpy(text, buffer, (size_t)room - 1);
  text[room - 1] = 0;
}

#if defined(__has_feature) && __has_feature(nullability)
#pragma clang assume_nonnull end
#endif

#endif
