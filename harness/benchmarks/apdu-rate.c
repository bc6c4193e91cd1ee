/*
 * The yardstick for the harness: the fastest that this reader stack can go, a plain SCardTransmit loop in C.
 * Usage: apdu-rate READER COUNT; sends SELECT of the purse once, then GET BALANCE COUNT times, and prints APDUs per second.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <winscard.h>

static void need(LONG code, const char *what) {
  if (code != SCARD_S_SUCCESS) {
    fprintf(stderr, "%s: %s\n", what, pcsc_stringify_error(code));
    exit(1);
  }
}

int main(int argc, char **argv) {
  static const unsigned char select_purse[] = {0x00, 0xA4, 0x04, 0x00, 0x08, 0xF0, 0x50, 0x42,
                                               0x2D, 0x49, 0x45, 0x50, 0x31, 0x00};
  static const unsigned char get_balance[] = {0x90, 0x5C, 0x00, 0x00, 0x0D};
  SCARDCONTEXT context;
  SCARDHANDLE card;
  DWORD protocol;
  unsigned char answer[258];
  struct timespec start, end;
  if (argc != 3) {
    fprintf(stderr, "usage: apdu-rate READER COUNT\n");
    return 64;
  }
  long count = strtol(argv[2], NULL, 10);
  need(SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context), "SCardEstablishContext");
  need(SCardConnect(context, argv[1], SCARD_SHARE_EXCLUSIVE, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &card, &protocol), "SCardConnect");
  const SCARD_IO_REQUEST *pci = protocol == SCARD_PROTOCOL_T1 ? SCARD_PCI_T1 : SCARD_PCI_T0;
  DWORD length = sizeof answer;
  need(SCardTransmit(card, pci, select_purse, sizeof select_purse, NULL, answer, &length), "SELECT");
  clock_gettime(CLOCK_MONOTONIC, &start);
  for (long n = 0; n < count; n++) {
    length = sizeof answer;
    need(SCardTransmit(card, pci, get_balance, sizeof get_balance, NULL, answer, &length), "GET BALANCE");
    if (length != 15 || answer[13] != 0x90 || answer[14] != 0x00) {
      fprintf(stderr, "GET BALANCE: unexpected answer of %lu bytes\n", (unsigned long)length);
      return 1;
    }
  }
  clock_gettime(CLOCK_MONOTONIC, &end);
  double seconds = (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
  printf("%.1f\n", (double)count / seconds);
  SCardDisconnect(card, SCARD_UNPOWER_CARD);
  SCardReleaseContext(context);
  return 0;
}
