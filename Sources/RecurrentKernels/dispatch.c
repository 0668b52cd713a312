#include "RecurrentKernels.h"
