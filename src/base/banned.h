/*
 * Functions that may not be called: they cannot know the size of what they
 * write to, cannot report an error, or keep their result in static memory. The
 * system headers that declare them come first, so that only our own code sees
 * the macros.
 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

#define BANNED(name) name##_is_banned__see_base_banned_h

#undef strcpy
#undef strncpy
#undef stpcpy
#undef strcat
#undef strncat
#undef sprintf
#undef vsprintf
#undef strtok
#undef gets
#undef wcscpy
#undef wcscat

#define strcpy(...)   BANNED(strcpy)
#define strncpy(...)  BANNED(strncpy)
#define stpcpy(...)   BANNED(stpcpy)
#define strcat(...)   BANNED(strcat)
#define strncat(...)  BANNED(strncat)
#define sprintf(...)  BANNED(sprintf)
#define vsprintf(...) BANNED(vsprintf)
#define strtok(...)   BANNED(strtok)
#define gets(...)     BANNED(gets)
#define wcscpy(...)   BANNED(wcscpy)
#define wcscat(...)   BANNED(wcscat)

#undef atoi
#undef atol
#undef atoll
#undef atof

#define atoi(...)  BANNED(atoi)
#define atol(...)  BANNED(atol)
#define atoll(...) BANNED(atoll)
#define atof(...)  BANNED(atof)

#undef asctime
#undef ctime
#undef gmtime
#undef localtime
#undef tmpnam
#undef tempnam
#undef mktemp

#define asctime(...)   BANNED(asctime)
#define ctime(...)     BANNED(ctime)
#define gmtime(...)    BANNED(gmtime)
#define localtime(...) BANNED(localtime)
#define tmpnam(...)    BANNED(tmpnam)
#define tempnam(...)   BANNED(tempnam)
#define mktemp(...)    BANNED(mktemp)

#endif
