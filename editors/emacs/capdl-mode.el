;;; capdl-mode.el --- capDL specs of seL4 systems  -*- lexical-binding: t -*-
;; SPDX-License-Identifier: BSD-2-Clause
;;; Code:

(defvar capdl-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?_ "_" table)
    (modify-syntax-entry ?@ "_" table)
    (modify-syntax-entry ?. "_" table)
    (modify-syntax-entry ?- "_ 12b" table)
    (modify-syntax-entry ?\n "> b" table)
    (modify-syntax-entry ?/ ". 14n" table)
    (modify-syntax-entry ?* ". 23n" table)
    table))

(defvar capdl-font-lock-keywords
  `((,(regexp-opt '("arch" "objects" "caps" "irq" "maps" "cdt" "domains") 'symbols) . font-lock-keyword-face)
    (,(regexp-opt '("aarch64" "riscv" "x86_64" "arm11" "ia32") 'symbols) . font-lock-constant-face)
    (,(regexp-opt '("ep" "notification" "rtreply" "tcb" "cnode" "ut" "frame" "asid_pool" "sc" "pt" "pd" "pud" "pgd" "pdpt" "pml4" "ept_pml4" "ept_pdpt" "ept_pd" "ept_pt" "vcpu" "irq" "ioapic_irq" "msi_irq" "arm_irq" "riscv_irq" "arm_sgi_signal" "io_ports" "io_device" "io_pt" "arm_io_device" "streamid" "contextbank" "smc" "leftover" "pd" "irq_control" "asid_control" "io_space_master" "io_port_control" "streamid_control" "contextbank_control" "domain" "sched_control") 'symbols) . font-lock-type-face)
    (,(regexp-opt '("addr" "affinity" "args" "asid" "asid_high" "at" "badge" "bank" "bits" "bootinfo" "budget" "cached" "child_of" "chunks" "contiguous" "core" "cspace" "cspace_bits" "data" "devices" "dom" "domain" "domainID" "entry" "external" "fault" "fault_ep" "fault_slot" "fill" "flags" "fpu_disabled" "guard" "guard_size" "id" "init" "ioapic_level" "ioapic_num" "ioapic_pin" "ioapic_polarity" "iospace" "ip" "ipc_buffer" "level" "map" "mapping" "modules" "masked" "master_reply" "max_prio" "msi_handle" "msi_pci_bus" "msi_pci_dev" "msi_pci_fun" "notification" "paddr" "period" "ports" "prio" "refills" "reply" "resume" "room" "set" "slots" "sp" "stack" "stack_top" "target" "timeout" "tls" "trigger" "uncached" "vspace") 'symbols) . font-lock-variable-name-face)
    ("[(,][ \t]*\\([RWGPX]+\\)[ \t]*[,)]" 1 font-lock-builtin-face)))

;;;###autoload
(define-derived-mode capdl-mode prog-mode "capDL"
  "Major mode for capDL specs."
  (setq-local comment-start "-- ")
  (setq-local font-lock-defaults '(capdl-font-lock-keywords)))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.cdl\\'" . capdl-mode))

(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs '(capdl-mode . ("capdl" "lsp"))))

(provide 'capdl-mode)
;;; capdl-mode.el ends here
